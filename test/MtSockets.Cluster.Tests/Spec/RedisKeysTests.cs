using MtSockets.Cluster.Tests.Brokers;
using MtSockets.Cluster.Tests.Servers;
using MtSockets.TestKit;
using Xunit;

namespace MtSockets.Cluster.Tests.Spec;

/// <summary>Row "Redis" of the spec, and the registry beside it. What is here while a socket is open was there before it opened.</summary>
public sealed class RedisKeysTests(TwoServers servers) : IClassFixture<TwoServers>
{
    private readonly EdgeCluster _cluster = servers.Cluster;

    [Fact]
    public async Task Connect_FirstDevice_SetsUserKeyToServerIdWithoutExpiry()
    {
        await using var redis = await RedisView.OpenAsync(_cluster.Redis);
        var bob = await _cluster.ConnectAsync(0, EdgeSetup.Unique("bob"));

        Assert.Equal(_cluster[0].Id, await redis.StringAsync("user:" + bob.User));
        Assert.Null(await redis.Database.KeyTimeToLiveAsync("user:" + bob.User));
        Assert.Equal([_cluster[0].Id], await redis.MembersAsync("user_servers:" + bob.User));
        Assert.Contains(bob.User, await redis.MembersAsync("server_users:" + _cluster[0].Id));
    }

    [Fact]
    public async Task Disconnect_LastDevice_RemovesEveryEntry()
    {
        await using var redis = await RedisView.OpenAsync(_cluster.Redis);
        var bob = await _cluster.ConnectAsync(0, EdgeSetup.Unique("bob"));

        await bob.CloseAsync();

        await Eventually.TrueAsync(async () => !await redis.ExistsAsync("user:" + bob.User), "user: is removed");
        await Eventually.TrueAsync(
            async () => !(await redis.MembersAsync("server_users:" + _cluster[0].Id)).Contains(bob.User), "server_users: lets him go");
        Assert.False(await redis.ExistsAsync("user_servers:" + bob.User));
    }

    [Fact]
    public async Task Disconnect_UserKeyNamesAnotherServer_LeavesItAlone()
    {
        await using var redis = await RedisView.OpenAsync(_cluster.Redis);
        var bob = await _cluster.ConnectAsync(0, EdgeSetup.Unique("bob"));
        await redis.Database.StringSetAsync("user:" + bob.User, "somebody-else");

        await bob.CloseAsync();

        await Eventually.TrueAsync(
            async () => !(await redis.MembersAsync("server_users:" + _cluster[0].Id)).Contains(bob.User), "the server has taken note");
        Assert.Equal("somebody-else", await redis.StringAsync("user:" + bob.User));
    }

    [Fact]
    public async Task Connect_SecondServer_NamesItAndGoesBackWhenItIsLeft()
    {
        await using var redis = await RedisView.OpenAsync(_cluster.Redis);
        var first = await _cluster.ConnectAsync(0, EdgeSetup.Unique("bob"));
        var second = await _cluster.ConnectAsync(1, first.User);
        Assert.Equal(_cluster[1].Id, await redis.StringAsync("user:" + first.User));
        Assert.Equal(new[] { _cluster[0].Id, _cluster[1].Id }.Order(StringComparer.Ordinal), await redis.MembersAsync("user_servers:" + first.User));

        await second.CloseAsync();

        await Eventually.TrueAsync(
            async () => await redis.StringAsync("user:" + first.User) == _cluster[0].Id, "the key names the server that still holds him");
        Assert.Equal([_cluster[0].Id], await redis.MembersAsync("user_servers:" + first.User));
    }

    [Fact]
    public async Task Connect_TwoDevicesOfOneServer_EntryStaysUntilTheLastLeaves()
    {
        await using var redis = await RedisView.OpenAsync(_cluster.Redis);
        var first = await _cluster.ConnectAsync(0, EdgeSetup.Unique("bob"));
        var second = await _cluster.ConnectAsync(0, first.User);
        var other = await _cluster.ConnectAsync(0, EdgeSetup.Unique("other"));

        await first.CloseAsync();
        await other.CloseAsync();
        await Eventually.TrueAsync(async () => !await redis.ExistsAsync("user:" + other.User), "what left later is gone");

        Assert.Equal(_cluster[0].Id, await redis.StringAsync("user:" + first.User));
        await second.CloseAsync();
        await Eventually.TrueAsync(async () => !await redis.ExistsAsync("user:" + first.User), "user: is removed");
    }

    [Fact]
    public async Task Start_Server_HoldsLeaseThatExpires()
    {
        await using var redis = await RedisView.OpenAsync(_cluster.Redis);

        Assert.Contains(_cluster[0].Id, await redis.MembersAsync("servers"));
        Assert.True(await redis.ExistsAsync("server:" + _cluster[0].Id));
        var left = await redis.Database.KeyTimeToLiveAsync("server:" + _cluster[0].Id);
        Assert.InRange(left!.Value, TimeSpan.Zero, TimeSpan.FromMilliseconds(4000));
    }
}
