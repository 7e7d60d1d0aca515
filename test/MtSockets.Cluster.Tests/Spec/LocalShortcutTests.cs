using MtSockets.Cluster.Tests.Brokers;
using MtSockets.Cluster.Tests.Servers;
using Xunit;

namespace MtSockets.Cluster.Tests.Spec;

/// <summary>Row "local shortcut" of the spec.</summary>
public sealed class LocalShortcutTests(TwoServers servers) : IClassFixture<TwoServers>
{
    private readonly EdgeCluster _cluster = servers.Cluster;

    [Fact]
    public async Task Send_AllConnectionsOnOneServer_TouchesNeitherRedisNorRabbitMq()
    {
        var alice = await _cluster.ConnectAsync(0, EdgeSetup.Unique("alice"));
        var bob = await _cluster.ConnectAsync(0, EdgeSetup.Unique("bob"));
        var tablet = await _cluster.ConnectAsync(0, bob.User);
        var carol = await _cluster.ConnectAsync(1, EdgeSetup.Unique("carol"));
        await ReadTheirLogsAsync(alice, alice);
        await ReadTheirLogsAsync(alice, bob, tablet);
        await using var monitor = await RedisMonitor.StartAsync(_cluster.Redis);
        await using var amqp = await AmqpChannel.OpenAsync(_cluster.RabbitMq);
        var tap = await amqp.TapAsync("#");

        for (var i = 0; i < 50; i++)
            await alice.SendAsync(bob.User, i);
        await bob.ReceiveManyAsync(50);
        await tablet.ReceiveManyAsync(50);
        // What does touch them, to see that both are watched.
        await alice.SendAsync(carol.User, "marker");
        await carol.ReceiveAsync();

        var commands = await monitor.CommandsAsync();
        Assert.Contains(commands, command => command.Contains(carol.User, StringComparison.Ordinal));
        Assert.DoesNotContain(commands, command => command.Contains(bob.User, StringComparison.Ordinal));
        Assert.DoesNotContain(commands, command => command.Contains(alice.User, StringComparison.Ordinal));
        var first = await tap.NextAsync(message => message.Body.Contains(alice.User, StringComparison.Ordinal));
        Assert.Contains("marker", first.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_RecipientHereAndElsewhere_ReachesAllWithoutRedis()
    {
        var alice = await _cluster.ConnectAsync(0, EdgeSetup.Unique("alice"));
        var here = await _cluster.ConnectAsync(0, EdgeSetup.Unique("bob"));
        var there = await _cluster.ConnectAsync(1, here.User);
        await ReadTheirLogsAsync(alice, here, there);
        await using var monitor = await RedisMonitor.StartAsync(_cluster.Redis);

        await alice.SendAsync(here.User, "to both");
        Assert.Equal(await here.ReceiveAsync(), await there.ReceiveAsync());

        Assert.DoesNotContain(await monitor.CommandsAsync(), command => command.Contains(here.User, StringComparison.Ordinal));
        // The other way round as well: who came first has heard of who came later.
        var dora = await _cluster.ConnectAsync(1, EdgeSetup.Unique("dora"));
        await dora.SendAsync(here.User, "to both again");
        Assert.Equal(await there.ReceiveAsync(), await here.ReceiveAsync());
    }

    [Fact]
    public async Task Send_OtherDeviceElsewhereHasLeft_PublishesNothingMore()
    {
        var alice = await _cluster.ConnectAsync(0, EdgeSetup.Unique("alice"));
        var here = await _cluster.ConnectAsync(0, EdgeSetup.Unique("bob"));
        var there = await _cluster.ConnectAsync(1, here.User);
        await using var amqp = await AmqpChannel.OpenAsync(_cluster.RabbitMq);
        var tap = await amqp.TapAsync("server.#");

        await there.CloseAsync();
        await tap.NextAsync(message => message.Body.Contains("departed", StringComparison.Ordinal) && message.Body.Contains(here.User, StringComparison.Ordinal));
        await TestKit.Eventually.TrueAsync(
            () => _cluster[0].Get<Edge.Sockets.SocketTable>().TryGet(here.User, out var user) && user.OtherServers.Length == 0, "he is known to have left there");
        await alice.SendAsync(here.User, "local");
        await here.ReceiveAsync();
        var carol = await _cluster.ConnectAsync(1, EdgeSetup.Unique("carol"));
        await alice.SendAsync(carol.User, "marker");

        var next = await tap.NextAsync(message => message.Body.Contains(alice.User, StringComparison.Ordinal));
        Assert.Contains("marker", next.Body, StringComparison.Ordinal);
    }

    /// <summary>A connection looks into its log first, with Redis; what comes live waits for that.</summary>
    private static async Task ReadTheirLogsAsync(TestKit.Sockets.TestClient sender, params TestKit.Sockets.TestClient[] devices)
    {
        await sender.SendAsync(devices[0].User, "first");
        foreach (var device in devices)
            await device.ReceiveAsync();
    }
}
