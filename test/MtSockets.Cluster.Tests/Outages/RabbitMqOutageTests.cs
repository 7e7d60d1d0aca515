using MtSockets.Cluster.Tests.Brokers;
using MtSockets.Cluster.Tests.Servers;
using MtSockets.Edge.Servers;
using MtSockets.TestKit;
using MtSockets.TestKit.Brokers;
using Xunit;

namespace MtSockets.Cluster.Tests.Outages;

/// <summary>RabbitMQ cannot be reached: from the start, later, or it is there and does not answer.</summary>
public sealed class RabbitMqOutageTests : IAsyncLifetime
{
    private RelayedBrokers _brokers = null!;

    public async Task InitializeAsync() => _brokers = await RelayedBrokers.StartAsync();

    public async Task DisposeAsync() => await _brokers.DisposeAsync();

    [Fact]
    public async Task Start_RabbitMqIsAway_LocalUsersTalk_AndAllCanBeReachedOnceItIsThere()
    {
        _brokers.RabbitMq.Cut();
        await using var first = await _brokers.LaunchServerAsync();
        await using var second = await _brokers.LaunchServerAsync();
        await first.MissesAsync("rabbitmq");
        await second.MissesAsync("rabbitmq");
        // Before it holds its lease the others do not count it: her messages would wait in the inbox for it.
        await Eventually.TrueAsync(() => second.Get<LeaseKeeper>().IsHeld, "it holds its lease");
        await using var alice = await first.ConnectAsync(EdgeSetup.Unique("alice"));
        await using var bob = await first.ConnectAsync(EdgeSetup.Unique("bob"));
        await using var carol = await second.ConnectAsync(EdgeSetup.Unique("carol"));
        await alice.TalksToAsync(bob);
        await alice.SendAsync(carol.User, "where are you?");
        await alice.ExpectUnavailableAsync(carol.User);

        _brokers.RabbitMq.Restore();
        await first.ReadyAsync();
        await second.ReadyAsync();

        await alice.TalksToAsync(carol);
        await carol.TalksToAsync(bob);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Later_RabbitMqIsAway_LocalUsersTalk_AndAllCanBeReachedOnceItIsBack(bool stalls)
    {
        await using var cluster = await _brokers.StartServersAsync(2);
        var alice = await cluster.ConnectAsync(0, EdgeSetup.Unique("alice"));
        var carol = await cluster.ConnectAsync(1, EdgeSetup.Unique("carol"));
        await alice.TalksToAsync(carol);

        if (stalls)
            _brokers.RabbitMq.Stall();
        else
            _brokers.RabbitMq.Cut();
        var bob = await cluster.ConnectAsync(0, EdgeSetup.Unique("bob"));
        await alice.TalksToAsync(bob);
        await alice.SendAsync(carol.User, "sent into the dark");
        await alice.ExpectUnavailableAsync(carol.User);
        if (!stalls)
            await cluster[0].MissesAsync("rabbitmq");

        _brokers.RabbitMq.Restore();
        await cluster[0].ReadyAsync();
        await cluster[1].ReadyAsync();

        // What lay in a stalled network does come; what was refused does not.
        if (stalls)
            Assert.Contains("into the dark", await carol.ReceiveAsync(), StringComparison.Ordinal);
        await bob.TalksToAsync(carol);
        await carol.TalksToAsync(bob);
        await alice.TalksToAsync(carol);
    }

    [Fact]
    public async Task Later_RabbitMqIsAway_MessagesForAbsentUsersAreStoredAllTheSame()
    {
        await using var cluster = await _brokers.StartServersAsync(2);
        var alice = await cluster.ConnectAsync(0, EdgeSetup.Unique("alice"));
        _brokers.RabbitMq.Cut();
        await cluster[0].MissesAsync("rabbitmq");
        var user = EdgeSetup.Unique("bob");

        await alice.SendAsync(user, "while all was down");
        await alice.ExpectNothingAsync();
        // Who connects before it is stored would be told by a bus that is down.
        await using var redis = await RedisView.OpenAsync((await SharedBrokers.RedisAsync()).Address);
        await Eventually.TrueAsync(async () => await redis.ExistsAsync($"inbox:{{{user}}}:seq"), "it is stored");

        var bob = await cluster.ConnectAsync(1, user);
        Assert.Contains("while all was down", await bob.ReceiveAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Later_UserConnectsToASecondServerMeanwhile_BothDevicesGetAllOnceItIsBack()
    {
        await using var cluster = await _brokers.StartServersAsync(2);
        var alice = await cluster.ConnectAsync(0, EdgeSetup.Unique("alice"));
        var phone = await cluster.ConnectAsync(0, EdgeSetup.Unique("bob"));
        _brokers.RabbitMq.Cut();
        await cluster[0].MissesAsync("rabbitmq");
        await cluster[1].MissesAsync("rabbitmq");
        // Neither server can tell the other of it now.
        var tablet = await cluster.ConnectAsync(1, phone.User);

        _brokers.RabbitMq.Restore();
        await cluster[0].ReadyAsync();
        await cluster[1].ReadyAsync();
        await Eventually.TrueAsync(
            () => cluster[0].Get<Edge.Sockets.SocketTable>().TryGet(phone.User, out var user) && user.OtherServers.Contains(cluster[1].Id),
            "the other server is known");
        await alice.SendAsync(phone.User, "to both");

        Assert.Equal(await phone.ReceiveAsync(), await tablet.ReceiveAsync());
    }
}
