using MtSockets.Cluster.Tests.Servers;
using Xunit;

namespace MtSockets.Cluster.Tests.Outages;

/// <summary>Redis cannot be reached: from the start, later, or it is there and does not answer.</summary>
public sealed class RedisOutageTests : IAsyncLifetime
{
    private RelayedBrokers _brokers = null!;

    public async Task InitializeAsync() => _brokers = await RelayedBrokers.StartAsync();

    public async Task DisposeAsync() => await _brokers.DisposeAsync();

    [Fact]
    public async Task Start_RedisIsAway_LocalUsersTalk_AndAllCanBeReachedOnceItIsThere()
    {
        _brokers.Redis.Cut();
        await using var first = await _brokers.LaunchServerAsync();
        await using var second = await _brokers.LaunchServerAsync();
        await first.MissesAsync("redis");
        await using var alice = await first.ConnectAsync(EdgeSetup.Unique("alice"));
        await using var bob = await first.ConnectAsync(EdgeSetup.Unique("bob"));
        await using var carol = await second.ConnectAsync(EdgeSetup.Unique("carol"));
        await alice.TalksToAsync(bob);
        await alice.SendAsync(carol.User, "where are you?");
        await alice.ExpectUnavailableAsync(carol.User);

        _brokers.Redis.Restore();
        await first.ReadyAsync();
        await second.ReadyAsync();

        await alice.TalksToAsync(carol);
        await carol.TalksToAsync(bob);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Later_RedisIsAway_LocalUsersTalk_AndAllCanBeReachedOnceItIsBack(bool stalls)
    {
        await using var cluster = await _brokers.StartServersAsync(2);
        var alice = await cluster.ConnectAsync(0, EdgeSetup.Unique("alice"));
        var carol = await cluster.ConnectAsync(1, EdgeSetup.Unique("carol"));
        await alice.TalksToAsync(carol);

        if (stalls)
            _brokers.Redis.Stall();
        else
            _brokers.Redis.Cut();
        var bob = await cluster.ConnectAsync(0, EdgeSetup.Unique("bob"));
        await alice.TalksToAsync(bob);
        await alice.SendAsync(carol.User, "where are you?");
        await alice.ExpectUnavailableAsync(carol.User);
        await alice.SendAsync(EdgeSetup.Unique("nobody"), "not to be stored");
        Assert.Equal("unavailable", (await alice.ReceiveJsonAsync()).GetProperty("code").GetString());
        if (!stalls)
            await cluster[0].MissesAsync("redis");

        _brokers.Redis.Restore();
        await cluster[0].ReadyAsync();
        await cluster[1].ReadyAsync();

        await carol.TalksToAsync(bob);
        await bob.TalksToAsync(carol);
        await alice.TalksToAsync(carol);
    }

    [Fact]
    public async Task Later_RedisIsAway_DevicesOnOtherServersThatAreKnownStillGetTheirCopy()
    {
        await using var cluster = await _brokers.StartServersAsync(2);
        var alice = await cluster.ConnectAsync(0, EdgeSetup.Unique("alice"));
        var phone = await cluster.ConnectAsync(0, EdgeSetup.Unique("bob"));
        var tablet = await cluster.ConnectAsync(1, phone.User);

        _brokers.Redis.Cut();
        await cluster[0].MissesAsync("redis");
        await alice.SendAsync(phone.User, "to both");

        Assert.Equal(await phone.ReceiveAsync(), await tablet.ReceiveAsync());
        await alice.ExpectNothingAsync();
    }

    [Fact]
    public async Task Later_UserLeavesWhileRedisIsAway_IsTakenOutOnceItIsBack()
    {
        await using var cluster = await _brokers.StartServersAsync(2);
        var bob = await cluster.ConnectAsync(0, EdgeSetup.Unique("bob"));
        var alice = await cluster.ConnectAsync(1, EdgeSetup.Unique("alice"));
        await alice.TalksToAsync(bob);
        _brokers.Redis.Cut();
        await cluster[0].MissesAsync("redis");
        await bob.CloseAsync();

        _brokers.Redis.Restore();
        await cluster[0].ReadyAsync();
        await cluster[1].ReadyAsync();
        await alice.SendAsync(bob.User, "for later");
        await alice.ExpectNothingAsync();

        await using var redis = await Brokers.RedisView.OpenAsync((await TestKit.Brokers.SharedBrokers.RedisAsync()).Address);
        await TestKit.Eventually.TrueAsync(async () => !await redis.ExistsAsync("user:" + bob.User), "he is taken out");
        var again = await cluster.ConnectAsync(1, bob.User);
        Assert.Contains("for later", await again.ReceiveAsync(), StringComparison.Ordinal);
    }
}
