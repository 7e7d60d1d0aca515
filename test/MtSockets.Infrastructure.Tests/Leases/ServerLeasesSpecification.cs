using MtSockets.Infrastructure.Leases;

namespace MtSockets.Infrastructure.Tests.Leases;

/// <summary>What leases must do for a server that stands alone, which is all that the embedded ones know.</summary>
public abstract class ServerLeasesSpecification
{
    private readonly string _run = Guid.NewGuid().ToString("N")[..8];

    protected string A => Named("server-a");

    protected string B => Named("server-b");

    private protected abstract IServerLeases Create(string serverId);

    protected string Named(string name) => $"{_run}-{name}";

    [Fact]
    public async Task HoldAsync_AgainAndAgain_IsAcquiredOnceAndRenewedThen()
    {
        var leases = Create(A);
        Assert.Equal(LeaseOutcome.Acquired, await leases.HoldAsync(default));
        Assert.Equal(LeaseOutcome.Renewed, await leases.HoldAsync(default));
        Assert.Equal(LeaseOutcome.Renewed, await leases.HoldAsync(default));
    }

    [Fact]
    public async Task HoldAsync_AfterARelease_IsAcquiredAgain()
    {
        var leases = Create(A);
        await leases.HoldAsync(default);
        await leases.ReleaseAsync(default);
        Assert.Equal(LeaseOutcome.Acquired, await leases.HoldAsync(default));
    }

    [Fact]
    public async Task ListAsync_BeforeDuringAndAfter_KnowsTheServerWhileItHolds()
    {
        var leases = Create(A);
        Assert.DoesNotContain(A, (await leases.ListAsync(default)).Keys);
        await leases.HoldAsync(default);
        Assert.True((await leases.ListAsync(default))[A]);
        await leases.ReleaseAsync(default);
        Assert.DoesNotContain(A, (await leases.ListAsync(default)).Keys);
    }

    [Fact]
    public async Task ReleaseAsync_NothingHeld_IsHarmless()
    {
        var leases = Create(A);
        await leases.ReleaseAsync(default);
        Assert.Equal(LeaseOutcome.Acquired, await leases.HoldAsync(default));
    }

    [Fact]
    public async Task TryBeginCleanupAsync_ServerThatLives_IsRefused()
    {
        var leases = Create(A);
        await leases.HoldAsync(default);
        Assert.False(await leases.TryBeginCleanupAsync(A, default));
        Assert.Equal(LeaseOutcome.Renewed, await leases.HoldAsync(default));
    }
}
