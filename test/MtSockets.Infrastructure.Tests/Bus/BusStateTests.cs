using Microsoft.Extensions.Logging.Abstractions;
using MtSockets.Contracts.Naming;
using MtSockets.Infrastructure.Bus;
using MtSockets.Infrastructure.Tests.Fakes;

namespace MtSockets.Infrastructure.Tests.Bus;

public sealed class BusStateTests
{
    private readonly ServerIdentity _identity = ServerIdentity.Create("edge-1");
    private readonly BusState _state;

    public BusStateTests() => _state = new BusState(_identity, NullLogger<BusState>.Instance);

    /// <summary>A virtual host has whatever name people give it.</summary>
    [Theory]
    [InlineData("/")]
    [InlineData("/server.example/")]
    public async Task Ready_OfTheCommandQueueAlone_IsNotYetUp(string path)
    {
        await _state.Ready(new ReadyEndpoint(new Uri("rabbitmq://localhost" + path + BusNames.CommandQueue)));
        Assert.False(_state.IsUp);

        await _state.Ready(new ReadyEndpoint(new Uri("rabbitmq://localhost" + path + BusNames.ServerQueue("edge-1", _identity.Incarnation) + "?durable=false")));
        Assert.True(_state.IsUp);
    }
}
