namespace MtSockets.Infrastructure.Leases;

/// <summary>The leases of a server that stands alone: it is always alive.</summary>
internal sealed class EmbeddedServerLeases(ServerIdentity identity) : IServerLeases
{
    private bool _held;

    public ValueTask<LeaseOutcome> HoldAsync(CancellationToken cancellationToken)
    {
        var outcome = _held ? LeaseOutcome.Renewed : LeaseOutcome.Acquired;
        _held = true;
        return ValueTask.FromResult(outcome);
    }

    public ValueTask ReleaseAsync(CancellationToken cancellationToken)
    {
        _held = false;
        return ValueTask.CompletedTask;
    }

    public ValueTask<IReadOnlyDictionary<string, bool>> ListAsync(CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, bool> servers =
            _held ? new Dictionary<string, bool> { [identity.ServerId] = true } : new Dictionary<string, bool>();
        return ValueTask.FromResult(servers);
    }

    public ValueTask<bool> TryBeginCleanupAsync(string serverId, CancellationToken cancellationToken) => ValueTask.FromResult(false);

    public ValueTask EndCleanupAsync(string serverId, bool forget, CancellationToken cancellationToken) => ValueTask.CompletedTask;
}
