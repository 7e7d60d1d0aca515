namespace MtSockets.Infrastructure.Leases;

/// <summary>
/// The servers as this one knows them. It is refreshed with each renewal of the own lease, and at once when the registry
/// names a server that is not in it: that one is new.
/// </summary>
internal sealed class ServerDirectory(IServerLeases leases, TimeProvider time)
{
    // How long a server that is unknown to the leases counts as foreign before it is asked for again.
    private static readonly TimeSpan ForeignFor = TimeSpan.FromSeconds(1);

    private volatile Snapshot _snapshot = new(new Dictionary<string, bool>(), 0);

    public IReadOnlyDictionary<string, bool> Servers => _snapshot.Servers;

    public async ValueTask RefreshAsync(CancellationToken cancellationToken)
    {
        // Taken before the question, so that the answer is never thought younger than it is.
        var asked = time.GetTimestamp();
        _snapshot = new Snapshot(await leases.ListAsync(cancellationToken), asked);
    }

    public ValueTask<ServerStanding> StandingAsync(string serverId, CancellationToken cancellationToken)
    {
        var snapshot = _snapshot;
        if (snapshot.Servers.TryGetValue(serverId, out var alive) && alive)
            return ValueTask.FromResult(ServerStanding.Live);
        return time.GetElapsedTime(snapshot.AskedAt) < ForeignFor && snapshot.AskedAt != 0
            ? ValueTask.FromResult(StandingIn(snapshot, serverId))
            : RefreshedStandingAsync(serverId, cancellationToken);
    }

    private async ValueTask<ServerStanding> RefreshedStandingAsync(string serverId, CancellationToken cancellationToken)
    {
        await RefreshAsync(cancellationToken);
        return StandingIn(_snapshot, serverId);
    }

    private static ServerStanding StandingIn(Snapshot snapshot, string serverId) =>
        !snapshot.Servers.TryGetValue(serverId, out var alive) ? ServerStanding.Foreign
        : alive ? ServerStanding.Live
        : ServerStanding.Dead;

    private sealed record Snapshot(IReadOnlyDictionary<string, bool> Servers, long AskedAt);
}
