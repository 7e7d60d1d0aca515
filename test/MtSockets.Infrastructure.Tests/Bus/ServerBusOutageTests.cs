using System.Text;
using MtSockets.Contracts.Bus;
using MtSockets.Contracts.Naming;
using MtSockets.Infrastructure.Bus;
using MtSockets.TestKit;
using MtSockets.TestKit.Brokers;
using RabbitMQ.Client;

namespace MtSockets.Infrastructure.Tests.Bus;

/// <summary>RabbitMQ goes away and comes back; no bus is ever made anew.</summary>
public sealed class ServerBusOutageTests(ServerBusOutageTests.Broker broker) : IClassFixture<ServerBusOutageTests.Broker>
{
    private const string Plain = """{"from":"alice","to":"bob","body":"hello"}""";

    // Ends a test that hangs. A restart takes five seconds, but half a minute on a machine that is busy.
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task PublishAsync_Killed_FailsAndWorksAgainAfterTheRestart()
    {
        await using var server = await BusServer.StartAsync(broker.Address, publishTimeoutMs: 500);
        await AssertDeliversAsync(server);
        Assert.Equal(1, server.TimesRestored);

        await broker.RabbitMq.KillAsync();
        Assert.Equal(PublishOutcome.Failed, await PublishAsync(server));
        await Eventually.TrueAsync(() => !server.Bus.IsUp, "the loss is seen", Bound);
        for (var i = 0; i < 5; i++)
            Assert.Equal(PublishOutcome.Failed, await PublishAsync(server));

        await broker.RabbitMq.RestartAsync();
        await server.UpAsync();
        await AssertDeliversAsync(server);
        Assert.Equal(2, server.TimesRestored);

        // What a server of the first implementation publishes finds the way again too.
        await using var raw = await RawRabbitMq.ConnectAsync(broker.Address);
        await raw.PublishAsync(BusNames.ServerKey(server.Identity.ServerId), Plain);
        Assert.Equal(Plain, (await server.Received.NextAsync()).Plain);
        Assert.Equal(Constants.ResourceLocked, await raw.RefusalAsync(channel => channel.QueueDeclarePassiveAsync(
            BusNames.ServerQueue(server.Identity.ServerId, server.Identity.Incarnation))));
    }

    [Fact]
    public async Task Start_RabbitMqAway_WaitsAndComesUpByItself()
    {
        await broker.RabbitMq.KillAsync();
        await using var server = await BusServer.BeginAsync(broker.Address, publishTimeoutMs: 500);
        Assert.Equal(PublishOutcome.Failed, await PublishAsync(server));
        Assert.False(server.Bus.IsUp);

        await broker.RabbitMq.RestartAsync();
        await server.UpAsync();
        await AssertDeliversAsync(server);
        Assert.Equal(1, server.TimesRestored);
    }

    [Fact]
    public async Task Stop_RabbitMqAway_Ends()
    {
        await using var relay = TcpRelay.Start(broker.Address);
        relay.Cut();
        await using var server = await BusServer.BeginAsync(relay.Address);
        await server.StopAsync().WaitAsync(Bound);
    }

    [Fact]
    public async Task PublishAsync_Stalled_FailsWithinTheTimeOutAndWorksAgain()
    {
        await using var relay = TcpRelay.Start(broker.Address);
        await using var server = await BusServer.StartAsync(relay.Address, publishTimeoutMs: 300);
        await AssertDeliversAsync(server);

        relay.Stall();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => PublishAsync(server))).WaitAsync(Bound);
        Assert.All(outcomes, outcome => Assert.Equal(PublishOutcome.Failed, outcome));

        relay.Restore();
        await AssertDeliversAsync(server);
    }

    [Fact]
    public async Task PublishAsync_ConnectionCut_WorksAgainByItself()
    {
        await using var relay = TcpRelay.Start(broker.Address);
        await using var server = await BusServer.StartAsync(relay.Address, publishTimeoutMs: 500);
        relay.Cut();
        await Eventually.TrueAsync(() => !server.Bus.IsUp, "the loss is seen", Bound);
        relay.Restore();
        await server.UpAsync();
        await AssertDeliversAsync(server);
    }

    /// <summary>
    /// An outbox uses the memory of a batch again as soon as its publish has failed, while a publish that was only given up may
    /// still be under way.
    /// </summary>
    [Fact]
    public async Task PublishAsync_MemoryUsedAgainAfterAFailure_NothingGarbledArrives()
    {
        await using var relay = TcpRelay.Start(broker.Address);
        await using var server = await BusServer.StartAsync(relay.Address, publishTimeoutMs: 200);
        await AssertDeliversAsync(server);
        var key = BusNames.ServerKey(server.Identity.ServerId);
        var json = MessageBatch.Of(new ServerMessage(ServerMessageKind.Deliver, "stalled", Encoding.UTF8.GetBytes(Plain))).Json.ToArray();

        relay.Stall();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => server.Bus.PublishAsync(
            key, new DeliverToServer("me", new MessageBatch(json)), CancellationToken.None).AsTask())).WaitAsync(Bound);
        json.AsSpan().Fill((byte)'#');
        relay.Restore();

        await ConfirmedAsync(server, "marker");
        Received received;
        do
        {
            received = await server.Received.NextAsync();
            Assert.True(Assert.Single(received.Messages).User is "stalled" or "marker");
        }
        while (received.Messages[0].User != "marker");

        await using var raw = await RawRabbitMq.ConnectAsync(broker.Address);
        Assert.Null(await raw.Channel.BasicGetAsync(BusNames.DeadLetterQueue, autoAck: true));
    }

    [Fact]
    public async Task Receive_DeadLetterQueueWasDeleted_GarbageStillBlocksNothing()
    {
        await using var server = await BusServer.StartAsync(broker.Address);
        await using var raw = await RawRabbitMq.ConnectAsync(broker.Address);
        await raw.Channel.QueueDeleteAsync(BusNames.DeadLetterQueue);
        await raw.PublishAsync(BusNames.ServerKey(server.Identity.ServerId), "garbage");
        await AssertDeliversAsync(server);
        await AssertDeliversAsync(server);
    }

    private static Task<PublishOutcome> PublishAsync(BusServer server, string user = "bob") =>
        server.PublishAsync(
            BusNames.ServerKey(server.Identity.ServerId), new ServerMessage(ServerMessageKind.Deliver, user, Encoding.UTF8.GetBytes(Plain)))
            .AsTask().WaitAsync(Bound);

    private static Task ConfirmedAsync(BusServer server, string user) => Eventually.TrueAsync(
        async () => await PublishAsync(server, user) == PublishOutcome.Confirmed, "a publish is confirmed", Bound);

    private static async Task AssertDeliversAsync(BusServer server)
    {
        var marker = Guid.NewGuid().ToString("N");
        await ConfirmedAsync(server, marker);
        while ((await server.Received.NextAsync()).Messages[0].User != marker)
        {
            // Given up by its publisher in a stall, and delivered all the same.
        }
    }

    /// <summary>A RabbitMQ for this class alone, which kills it.</summary>
    public sealed class Broker : IAsyncLifetime
    {
        public PrivateRabbitMq RabbitMq { get; private set; } = null!;

        public string Address => RabbitMq.Address;

        public async Task InitializeAsync() => RabbitMq = await PrivateRabbitMq.StartAsync();

        public async Task DisposeAsync() => await RabbitMq.DisposeAsync();
    }
}
