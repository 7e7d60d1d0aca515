using MtSockets.Cluster.Tests.Servers;
using MtSockets.TestKit.Brokers;
using MtSockets.TestKit.Sockets;
using Xunit;

namespace MtSockets.Cluster.Tests.Drain;

/// <summary>What a server has taken from its clients is on its way before it ends.</summary>
public sealed class OutboxFlushTests : IAsyncLifetime
{
    private const int Messages = 200;

    private EdgeCluster _cluster = null!;
    private TcpRelay _rabbitMq = null!;

    public async Task InitializeAsync()
    {
        _cluster = await EdgeCluster.StartAsync(1);
        _rabbitMq = TcpRelay.Start(_cluster.RabbitMq);
    }

    public async Task DisposeAsync()
    {
        await _rabbitMq.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task Sigterm_MessagesWaitInTheOutbox_AllArriveInOrder()
    {
        await using var process = await EdgeProcess.StartAsync(Setup(("Bus__PublishTimeoutMs", "30000"), ("Drain__TimeoutMs", "30000")));
        var bob = await _cluster.ConnectAsync(0, EdgeSetup.Unique("bob"));
        var alice = await _cluster.ConnectAsync(process.Address, EdgeSetup.Unique("alice"));
        _rabbitMq.Stall();
        await SendAsync(alice, bob.User);

        await process.SignalAsync("TERM");
        Assert.Equal(1012, (await alice.WaitForCloseAsync()).Code);
        _rabbitMq.Restore();

        var frames = await bob.ReceiveManyAsync(Messages);
        Assert.Equal(Enumerable.Range(0, Messages).Select(i => $$"""{"from":"{{alice.User}}","to":"{{bob.User}}","body":{{i}}}"""), frames);
        Assert.Equal(0, await process.ExitAsync());
    }

    [Fact]
    public async Task Sigterm_RabbitMqNeverAnswersAgain_EndsWithinTheSetting()
    {
        await using var process = await EdgeProcess.StartAsync(Setup(("Bus__PublishTimeoutMs", "60000"), ("Drain__TimeoutMs", "1000")));
        var bob = await _cluster.ConnectAsync(0, EdgeSetup.Unique("bob"));
        var alice = await _cluster.ConnectAsync(process.Address, EdgeSetup.Unique("alice"));
        _rabbitMq.Stall();
        await SendAsync(alice, bob.User);

        await process.SignalAsync("TERM");

        Assert.Equal(1012, (await alice.WaitForCloseAsync()).Code);
        // Well below every other time-out that could end it.
        Assert.Equal(0, await process.ExitAsync(TimeSpan.FromSeconds(20)));
    }

    private Dictionary<string, string?> Setup(params (string Name, string? Value)[] more) =>
        _cluster.Setup().With(("RABBITMQ_ADDR", _rabbitMq.Address)).With(more);

    private static async Task SendAsync(TestClient alice, string to)
    {
        for (var i = 0; i < Messages; i++)
            await alice.SendAsync(to, i);
        // What she sends to herself behind them tells that the server has read them.
        await alice.ExpectNothingAsync();
    }
}
