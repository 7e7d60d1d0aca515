using MtSockets.Contracts.Bus;
using MtSockets.TestKit.Brokers;

namespace MtSockets.Infrastructure.Tests.Bus;

/// <summary>
/// A server and a raw client at the RabbitMQ that all tests share; one test at a time, because a broadcast reaches all servers.
/// </summary>
[Collection("RabbitMQ")]
public abstract class RabbitMqTest : IAsyncLifetime
{
    private protected string Address { get; private set; } = "";

    private protected BusServer Server { get; private set; } = null!;

    private protected RawRabbitMq Raw { get; private set; } = null!;

    private protected string Key => MtSockets.Contracts.Naming.BusNames.ServerKey(Server.Identity.ServerId);

    public async Task InitializeAsync()
    {
        Address = (await SharedBrokers.RabbitMqAsync()).Address;
        Server = await BusServer.StartAsync(Address);
        Raw = await RawRabbitMq.ConnectAsync(Address);
    }

    public async Task DisposeAsync()
    {
        await Raw.DisposeAsync();
        await Server.DisposeAsync();
    }

    private protected static ServerMessage Message(string user, string frame = """{"from":"a","to":"b","body":"hello"}""") =>
        new(ServerMessageKind.Deliver, user, System.Text.Encoding.UTF8.GetBytes(frame));
}
