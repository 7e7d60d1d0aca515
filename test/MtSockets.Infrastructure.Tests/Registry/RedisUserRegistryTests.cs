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

    private static async Task<string?> Text(Task<StackExchange.Redis.RedisValue> value) => await value;
}
