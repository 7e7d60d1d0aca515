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
    private Task _asking = Task.CompletedTask;
    private Task? _next;
    private volatile Snapshot _snapshot = new(new Dictionary<string, bool>());

    public IReadOnlyDictionary<string, bool> Servers => _snapshot.Servers;

    /// <summary>
    /// Asks the leases. A question that is under way may be older than what its asker knows: who comes meanwhile waits for the next one, which is
    /// asked once for all of them.
    /// </summary>
    public async ValueTask RefreshAsync(CancellationToken cancellationToken)
    {
        Task answer;
        lock (_lock)
            answer = _asking.IsCompleted && _next is null ? _asking = AskAsync() : _next ??= AskNextAsync(_asking);
        await answer.WaitAsync(cancellationToken);
    }

    private async Task AskNextAsync(Task before)
    {
        // Off the lock: this has to be the next one before it is the one under way.
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        Task asking;
        lock (_lock)
        {
            _next = null;
            asking = _asking = AskAsync();
        }

        await asking;
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
