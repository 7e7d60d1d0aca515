using MtSockets.Contracts.Naming;
using MtSockets.Infrastructure.Registry;
using MtSockets.Infrastructure.Tests.Redis;

namespace MtSockets.Infrastructure.Tests.Registry;

public sealed class RedisUserRegistryTests(RedisFixture redis) : UserRegistrySpecification, IClassFixture<RedisFixture>
{
    private protected override IUserRegistry On(string serverId) =>
        new RedisUserRegistry(redis.ConnectionOf(serverId), ServerIdentity.Create(serverId));

    [Fact]
    public async Task RegisterAsync_UserKey_IsTheSpecs()
    {
        await On(A).RegisterAsync(Alice, default);
        Assert.Equal(A, await redis.RawAsync(database => Text(database.StringGetAsync("user:" + Alice))));
        await On(B).RegisterAsync(Alice, default);
        Assert.Equal(B, await redis.RawAsync(database => Text(database.StringGetAsync("user:" + Alice))));
    }

    [Fact]
    public async Task UnregisterAsync_UserKeyNamesThisServer_IsRemoved()
    {
        await On(A).RegisterAsync(Alice, default);
        await On(A).UnregisterAsync(Alice, default);
        foreach (var key in new[] { "user:" + Alice, RedisKeys.UserServers(Alice), RedisKeys.ServerUsers(A) })
            Assert.False(await redis.RawAsync(database => database.KeyExistsAsync(key)), key);
    }

    [Fact]
    public async Task UnregisterAsync_UserKeyNamesAServerOfTheFirstImplementation_IsLeftAlone()
    {
        await On(A).RegisterAsync(Alice, default);
        await redis.RawAsync(database => database.StringSetAsync("user:" + Alice, "go-server"));
        await On(A).UnregisterAsync(Alice, default);
        Assert.Equal("go-server", await redis.RawAsync(database => Text(database.StringGetAsync("user:" + Alice))));
    }

    [Fact]
    public async Task UnregisterAsync_UserKeyNamesThisServerAndAnotherRemains_NamesTheOther()
    {
        await On(A).RegisterAsync(Alice, default);
        await On(B).RegisterAsync(Alice, default);
        await On(B).UnregisterAsync(Alice, default);
        Assert.Equal(A, await redis.RawAsync(database => Text(database.StringGetAsync("user:" + Alice))));
    }

    [Fact]
    public async Task LookupAsync_OnlyTheSpecsKey_IsTheLastServer()
    {
        await redis.RawAsync(database => database.StringSetAsync("user:" + Alice, "go-server"));
        var route = Assert.Single(await On(A).LookupAsync(Ask(Alice), default));
        Assert.Empty(route.Servers);
        Assert.Equal("go-server", route.Last);
    }

    [Fact]
    public async Task LookupAsync_KeysOfOneUserAreGarbage_TheOthersAreFound()
    {
        var garbage = Named("garbage");
        await On(A).RegisterAsync(Alice, default);
        foreach (var key in new[] { "user:" + garbage, RedisKeys.UserServers(garbage) })
            await redis.RawAsync(database => database.HashSetAsync(key, "no", "set"));

        var routes = await On(B).LookupAsync([new RouteQuestion(garbage), new RouteQuestion(Alice)], default);

        Assert.Empty(routes[0].Servers);
        Assert.Null(routes[0].Last);
        Assert.Equal([A], routes[1].Servers);
    }

    [Fact]
    public async Task LookupAsync_WithALease_LeavesAKeyThatEndsWithIt()
    {
        await On(A).LookupAsync([new RouteQuestion(Alice, TimeSpan.FromMinutes(5))], default);
        await On(B).LookupAsync([new RouteQuestion(Alice, TimeSpan.FromMinutes(1))], default);
        var left = await redis.RawAsync(database => database.KeyTimeToLiveAsync(RedisKeys.RouteLeases(Alice)));
        Assert.InRange(left!.Value, TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(5));
    }

    /// <summary>Whatever is wrong with the lease, the question is answered.</summary>
    [Fact]
    public async Task LookupAsync_LeaseIsRefused_AnswersWithoutOne()
    {
        await On(A).RegisterAsync(Alice, default);
        await redis.RawAsync(database => database.StringSetAsync(RedisKeys.RouteLeases(Alice), "of another type"));
        var route = Assert.Single(await On(B).LookupAsync([new RouteQuestion(Alice, TimeSpan.FromMinutes(1))], default));
        Assert.Equal([A], route.Servers);
        Assert.False(route.IsLeased);
        await redis.RawAsync(database => database.KeyDeleteAsync(RedisKeys.RouteLeases(Alice)));
    }

    private static async Task<string?> Text(Task<StackExchange.Redis.RedisValue> value) => await value;
}
