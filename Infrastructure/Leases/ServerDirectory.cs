using System.Collections.Concurrent;

namespace MtSockets.Infrastructure.Leases;

/// <summary>
/// The servers as this one knows them. It is refreshed with each renewal of the own lease, and at once when the registry
/// names a server that is not in it: that one is new.
/// </summary>
internal sealed class ServerDirectory(IServerLeases leases, TimeProvider time)
{
    // How long a server that is unknown to the leases counts as foreign before it is asked for again.
    private static readonly TimeSpan ForeignFor = TimeSpan.FromSeconds(1);
    private const int MaxForeign = 1000;

    private readonly ConcurrentDictionary<string, long> _foreign = new(StringComparer.Ordinal);

    private readonly Lock _lock = new();
    private Task _refreshing = Task.CompletedTask;
    private volatile Snapshot _snapshot = new(new Dictionary<string, bool>());

    public IReadOnlyDictionary<string, bool> Servers => _snapshot.Servers;

    /// <summary>Asks the leases; who comes while a question is under way gets the answer to that one.</summary>
    public async ValueTask RefreshAsync(CancellationToken cancellationToken)
    {
        Task refreshing;
        lock (_lock)
            refreshing = _refreshing = _refreshing.IsCompleted ? AskAsync() : _refreshing;
        await refreshing.WaitAsync(cancellationToken);
    }

    private async Task AskAsync()
    {
        _snapshot = new Snapshot(await leases.ListAsync(CancellationToken.None));
    }

    public ValueTask<ServerStanding> StandingAsync(string serverId, CancellationToken cancellationToken)
    {
        if (_snapshot.Servers.TryGetValue(serverId, out var alive) && alive)
            return ValueTask.FromResult(ServerStanding.Live);
        return _foreign.TryGetValue(serverId, out var seen) && time.GetElapsedTime(seen) < ForeignFor
            ? ValueTask.FromResult(ServerStanding.Foreign)
            : RefreshedStandingAsync(serverId, cancellationToken);
    }

    private async ValueTask<ServerStanding> RefreshedStandingAsync(string serverId, CancellationToken cancellationToken)
    {
        var asked = time.GetTimestamp();
        await RefreshAsync(cancellationToken);
        var standing = StandingIn(_snapshot, serverId);
        if (standing == ServerStanding.Foreign)
            Remember(serverId, asked);
        return standing;
    }

    private void Remember(string serverId, long asked)
    {
        // Anybody can write server ids into the registry's keys.
        if (_foreign.Count >= MaxForeign)
            _foreign.Clear();
        _foreign[serverId] = asked;
    }

    private static ServerStanding StandingIn(Snapshot snapshot, string serverId) =>
        !snapshot.Servers.TryGetValue(serverId, out var alive) ? ServerStanding.Foreign
        : alive ? ServerStanding.Live
        : ServerStanding.Dead;

    private sealed record Snapshot(IReadOnlyDictionary<string, bool> Servers);
}
