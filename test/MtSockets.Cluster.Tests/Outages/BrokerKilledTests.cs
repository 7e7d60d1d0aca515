using MtSockets.Cluster.Tests.Brokers;
using MtSockets.Cluster.Tests.Servers;
using MtSockets.TestKit;
using MtSockets.TestKit.Brokers;
using MtSockets.TestKit.Sockets;
using Xunit;

namespace MtSockets.Cluster.Tests.Outages;

/// <summary>A broker dies as by kill -9 and is started again. No server is.</summary>
public sealed class BrokerKilledTests
{
    [Fact]
    public async Task RedisIsRestartedWithEmptyMemory_EverybodyCanBeReached()
    {
        await using var redis = await PrivateRedis.StartAsync();
        await using var cluster = await EdgeCluster.StartAsync(redis.Address, (await SharedBrokers.RabbitMqAsync()).Address, 2);
        var alice = await cluster.ConnectAsync(0, EdgeSetup.Unique("alice"));
        var bob = await cluster.ConnectAsync(1, EdgeSetup.Unique("bob"));
        var tablet = await cluster.ConnectAsync(0, bob.User);

        await redis.KillAsync();
        await cluster[0].MissesAsync("redis");
        var carol = await cluster.ConnectAsync(1, EdgeSetup.Unique("carol"));
        await redis.RestartAsync();
        await cluster[0].ReadyAsync();
        await cluster[1].ReadyAsync();

        await alice.TalksToAsync(carol);
        await carol.TalksToAsync(alice);
        await carol.SendAsync(bob.User, "to both");
        Assert.Equal(await bob.ReceiveAsync(), await tablet.ReceiveAsync());
        await using var view = await RedisView.OpenAsync(redis.Address);
        await Eventually.ValueAsync(
            async () => string.Join(',', await view.MembersAsync("user_servers:" + bob.User)),
            named => named.Split(',').Length == 2,
            "both servers are entered again");
        await Eventually.ValueAsync(
            async () => string.Join(',', await view.MembersAsync("servers")),
            known => known.Split(',').Order().SequenceEqual(new[] { cluster[0].Id, cluster[1].Id }.Order()),
            "both servers are known again");
    }

    [Fact]
    public async Task RabbitMqIsKilledAndRestarted_DeliveryGoesOnWithin30Seconds()
    {
        await using var rabbitMq = await PrivateRabbitMq.StartAsync();
        await using var cluster = await EdgeCluster.StartAsync((await SharedBrokers.RedisAsync()).Address, rabbitMq.Address, 2);
        var alice = await cluster.ConnectAsync(0, EdgeSetup.Unique("alice"));
        var bob = await cluster.ConnectAsync(1, EdgeSetup.Unique("bob"));
        await alice.TalksToAsync(bob);
        await using var dora = await TestClient.ConnectAsync(cluster[0].Address, EdgeSetup.Unique("dora"), "mtsockets.v1");

        await rabbitMq.KillAsync();
        await cluster[0].MissesAsync("rabbitmq");
        await alice.SendAsync(bob.User, "not now");
        await alice.ExpectUnavailableAsync(bob.User);
        // An acknowledged message needs only Redis to be accepted; he gets it whatever RabbitMQ does.
        await dora.SendTextAsync($$"""{"to":"{{bob.User}}","body":"accepted","id":"a-1"}""");
        Assert.Contains("welcome", await dora.ReceiveAsync(), StringComparison.Ordinal);
        Assert.Contains("\"ack\"", await dora.ReceiveAsync(), StringComparison.Ordinal);
        await rabbitMq.RestartAsync();

        // ReadyAsync waits for 30 s.
        await cluster[0].ReadyAsync();
        await cluster[1].ReadyAsync();
        Assert.Contains("accepted", await bob.ReceiveAsync(), StringComparison.Ordinal);
        await alice.TalksToAsync(bob);
        await bob.SendAsync(alice.User, "back again");
        // The confirm of hers may have been lost with the old connection: then she hears "unavailable" of a message that has arrived.
        string frame;
        while (!(frame = await alice.ReceiveAsync()).Contains("back again", StringComparison.Ordinal))
            Assert.Contains("\"unavailable\"", frame, StringComparison.Ordinal);
    }
}
