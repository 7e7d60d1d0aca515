using Microsoft.Extensions.Options;
using MtSockets.Contracts.Naming;
using MtSockets.Infrastructure.Leases;
using MtSockets.Infrastructure.Tests.Redis;
using MtSockets.TestKit;
using MtSockets.TestKit.Brokers;

namespace MtSockets.Infrastructure.Tests.Leases;

public sealed class RedisServerLeasesTests(RedisFixture redis) : ServerLeasesSpecification, IClassFixture<RedisFixture>
{
    private const int Short = 300;

    private protected override IServerLeases Create(string serverId) => Create(serverId, durationMs: 15_000);

    [Fact]
    public async Task HoldAsync_AnotherIncarnationHolds_IsTaken()
    {
        var (first, second) = (Create(A), Create(A));
        await first.HoldAsync(default);
        Assert.Equal(LeaseOutcome.Taken, await second.HoldAsync(default));
        Assert.Equal(LeaseOutcome.Renewed, await first.HoldAsync(default));
    }

    [Fact]
    public async Task HoldAsync_LeaseLapsed_IsAcquiredByWhoeverComesFirst()
    {
        var (first, second) = (Create(A, Short), Create(A, Short));
        await first.HoldAsync(default);
        await LapsedAsync(A);
        Assert.Equal(LeaseOutcome.Acquired, await second.HoldAsync(default));
        Assert.Equal(LeaseOutcome.Taken, await first.HoldAsync(default));
    }

    [Fact]
    public async Task HoldAsync_OwnLeaseLapsed_IsAcquiredNotRenewed()
    {
        var leases = Create(A, Short);
        await leases.HoldAsync(default);
        await LapsedAsync(A);
        Assert.Equal(LeaseOutcome.Acquired, await leases.HoldAsync(default));
    }

    [Fact]
    public async Task HoldAsync_Renewal_BeginsTheWholeTimeAnew()
    {
        await Create(A, 60_000).HoldAsync(default);
        await redis.RawAsync(database => database.KeyExpireAsync(RedisKeys.Server(A), TimeSpan.FromSeconds(1)));
        var identity = new ServerIdentity(A, (string)(await redis.RawAsync(database => database.StringGetAsync(RedisKeys.Server(A))))!);
        await Create(identity, 60_000).HoldAsync(default);
        var left = await redis.RawAsync(database => database.KeyTimeToLiveAsync(RedisKeys.Server(A)));
        Assert.InRange(left!.Value, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(60));
    }

    /// <summary>
    /// The command reached Redis, its answer came too late to count. Meanwhile others had cleaned up after this server, so the
    /// next answer must say that everything has to be entered anew.
    /// </summary>
    [Fact]
    public async Task HoldAsync_AnswerOfTheAcquisitionWasLost_IsAcquiredNotRenewed()
    {
        await using var relay = TcpRelay.Start((await SharedBrokers.RedisAsync()).Address);
        using var connection = await RedisFixture.OpenAsync(relay.Address, callTimeoutMs: 200);
        var leases = new RedisServerLeases(
            connection, ServerIdentity.Create(A), Options.Create(new LeaseOptions { DurationMs = 60_000 }));
        await leases.HoldAsync(default);
        await redis.RawAsync(database => database.KeyDeleteAsync(RedisKeys.Server(A)));

        relay.Stall();
        await Assert.ThrowsAsync<DependencyUnavailableException>(() => leases.HoldAsync(default).AsTask());
        relay.Restore();
        await Eventually.TrueAsync(
            () => redis.RawAsync(database => database.KeyExistsAsync(RedisKeys.Server(A))), "the late command has reached Redis");

        Assert.Equal(LeaseOutcome.Acquired, await leases.HoldAsync(default));
        Assert.Equal(LeaseOutcome.Renewed, await leases.HoldAsync(default));
    }

    [Fact]
    public async Task ReleaseAsync_AnotherIncarnationHolds_LeavesItsLease()
    {
        var (first, second) = (Create(A), Create(A));
        await first.HoldAsync(default);
        await second.ReleaseAsync(default);
        Assert.True((await second.ListAsync(default))[A]);
        Assert.Equal(LeaseOutcome.Renewed, await first.HoldAsync(default));
    }

    [Fact]
    public async Task ReleaseAsync_UsersAreStillListed_ServerStaysKnownAsDead()
    {
        var leases = Create(A);
        await leases.HoldAsync(default);
        await redis.RawAsync(database => database.SetAddAsync(RedisKeys.ServerUsers(A), "somebody"));
        await leases.ReleaseAsync(default);
        Assert.False((await leases.ListAsync(default))[A]);
    }

    [Fact]
    public async Task ListAsync_SeveralServers_TellsTheLivingFromTheDead()
    {
        var (a, b) = (Create(A), Create(B, Short));
        await a.HoldAsync(default);
        await b.HoldAsync(default);
        await LapsedAsync(B);
        var servers = await a.ListAsync(default);
        Assert.True(servers[A]);
        Assert.False(servers[B]);
    }

    [Fact]
    public async Task TryBeginCleanupAsync_DeadServer_IsOneServersAlone()
    {
        await DieAsync(B);
        var (first, second) = (Create(Named("c")), Create(Named("d")));
        Assert.True(await first.TryBeginCleanupAsync(B, default));
        Assert.False(await second.TryBeginCleanupAsync(B, default));

        await second.EndCleanupAsync(B, forget: false, default);
        Assert.False(await second.TryBeginCleanupAsync(B, default));

        await first.EndCleanupAsync(B, forget: false, default);
        Assert.True(await second.TryBeginCleanupAsync(B, default));
    }

    [Fact]
    public async Task TryBeginCleanupAsync_ServerHasComeBack_IsRefusedAndLeavesNoMark()
    {
        await DieAsync(B);
        var back = Create(B);
        Assert.Equal(LeaseOutcome.Acquired, await back.HoldAsync(default));
        Assert.False(await Create(A).TryBeginCleanupAsync(B, default));
        Assert.False(await redis.RawAsync(database => database.KeyExistsAsync(RedisKeys.ServerCleanup(B))));
    }

    [Fact]
    public async Task HoldAsync_SomebodyStillCleansUp_IsRefusedUntilItIsDone()
    {
        await DieAsync(B);
        var (cleaner, back) = (Create(A), Create(B));
        Assert.True(await cleaner.TryBeginCleanupAsync(B, default));
        Assert.Equal(LeaseOutcome.CleaningUp, await back.HoldAsync(default));
        Assert.Equal(LeaseOutcome.CleaningUp, await back.HoldAsync(default));
        Assert.False(await redis.RawAsync(database => database.KeyExistsAsync(RedisKeys.Server(B))));

        await cleaner.EndCleanupAsync(B, forget: true, default);
        Assert.Equal(LeaseOutcome.Acquired, await back.HoldAsync(default));
        Assert.True((await cleaner.ListAsync(default))[B]);
    }

    [Fact]
    public async Task TryBeginCleanupAsync_CleanerDies_ItsMarkHasAnEnd()
    {
        await DieAsync(B);
        await Create(A).TryBeginCleanupAsync(B, default);
        var left = await redis.RawAsync(database => database.KeyTimeToLiveAsync(RedisKeys.ServerCleanup(B)));
        Assert.InRange(left!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task EndCleanupAsync_Forget_DecidesWhetherTheServerStaysKnown(bool forget)
    {
        await DieAsync(B);
        var cleaner = Create(A);
        await cleaner.TryBeginCleanupAsync(B, default);
        await cleaner.EndCleanupAsync(B, forget, default);
        Assert.Equal(!forget, (await cleaner.ListAsync(default)).ContainsKey(B));
    }

    private RedisServerLeases Create(string serverId, int durationMs) => Create(ServerIdentity.Create(serverId), durationMs);

    private RedisServerLeases Create(ServerIdentity identity, int durationMs) =>
        new(redis.Connection, identity, Options.Create(new LeaseOptions { DurationMs = durationMs }));

    private async Task DieAsync(string serverId)
    {
        await Create(serverId, Short).HoldAsync(default);
        await LapsedAsync(serverId);
    }

    private Task LapsedAsync(string serverId) => Eventually.TrueAsync(
        async () => !await redis.RawAsync(database => database.KeyExistsAsync(RedisKeys.Server(serverId))), "the lease has lapsed");
}
