using MtSockets.Contracts.Bus;
using MtSockets.Contracts.Naming;
using MtSockets.Infrastructure.Bus;

namespace MtSockets.Infrastructure.Tests.Bus;

/// <summary>MassTransit's in-memory transport in the place of RabbitMQ.</summary>
public sealed class EmbeddedServerBusTests : IAsyncLifetime
{
    private BusServer _server = null!;

    public async Task InitializeAsync() => _server = await BusServer.StartEmbeddedAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task PublishAsync_OwnKeyAndBroadcast_ArriveInOrder()
    {
        for (var i = 0; i < 100; i++)
        {
            var key = i % 3 == 0 ? BusNames.BroadcastKey : BusNames.ServerKey(_server.Identity.ServerId);
            Assert.Equal(PublishOutcome.Confirmed, await PublishAsync(key, $"u{i}"));
        }

        for (var i = 0; i < 100; i++)
            Assert.Equal($"u{i}", Assert.Single((await _server.Received.NextAsync()).Messages).User);
    }

    [Fact]
    public async Task PublishAsync_KeyOfAnotherServer_DoesNotCome()
    {
        await PublishAsync(BusNames.ServerKey("another"), "not here");
        await PublishAsync(BusNames.ServerKey(_server.Identity.ServerId), "here");
        Assert.Equal("here", Assert.Single((await _server.Received.NextAsync()).Messages).User);
    }

    private ValueTask<PublishOutcome> PublishAsync(string key, string user) =>
        _server.PublishAsync(key, new ServerMessage(ServerMessageKind.Deliver, user, """{"x":1}"""u8.ToArray()));
}
