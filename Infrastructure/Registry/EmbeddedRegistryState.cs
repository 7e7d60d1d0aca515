namespace MtSockets.Infrastructure.Registry;

/// <summary>What Redis would hold. Its own type, so that several servers in one process can share it. Guarded by itself.</summary>
internal sealed class EmbeddedRegistryState(TimeProvider time)
{
    // Users above whom what has ended is looked for.
    private const int MaxRouteLeases = 1000;

    private readonly Dictionary<string, Dictionary<string, DateTimeOffset>> _routeLeases = new(StringComparer.Ordinal);

    public Dictionary<string, HashSet<string>> Servers { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, string> Last { get; } = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> ServersOf(string userId) => Servers.TryGetValue(userId, out var servers) ? servers : [];

    public void Enter(string userId, string serverId)
    {
        if (!Servers.TryGetValue(userId, out var servers))
            Servers[userId] = servers = new HashSet<string>(StringComparer.Ordinal);
        servers.Add(serverId);
        Last[userId] = serverId;
    }

    public void LeaseRoute(string userId, string serverId, TimeSpan term)
    {
        if (term <= TimeSpan.Zero)
            return;
        if (_routeLeases.Count >= MaxRouteLeases)
            Prune();
        if (!_routeLeases.TryGetValue(userId, out var leases))
            _routeLeases[userId] = leases = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        leases[serverId] = time.GetUtcNow() + term;
    }

    /// <summary>The leases on the user's route that are running.</summary>
    public IReadOnlyList<RouteLease> RouteLeasesOf(string userId)
    {
        if (!_routeLeases.TryGetValue(userId, out var leases))
            return [];
        var now = time.GetUtcNow();
        return [.. leases.Where(lease => lease.Value > now).Select(lease => new RouteLease(lease.Key, lease.Value - now))];
    }

    private void Prune()
    {
        var now = time.GetUtcNow();
        foreach (var (user, leases) in _routeLeases)
        {
            if (leases.Values.All(end => end <= now))
                _routeLeases.Remove(user);
        }
    }

    /// <summary>Nothing is left of a user whom no server holds.</summary>
    public void Leave(string userId, string serverId)
    {
        if (Servers.TryGetValue(userId, out var servers) && servers.Remove(serverId) && servers.Count == 0)
            Servers.Remove(userId);
        if (Last.GetValueOrDefault(userId) != serverId)
            return;
        if (ServersOf(userId).FirstOrDefault() is { } other)
            Last[userId] = other;
        else
            Last.Remove(userId);
    }
}
