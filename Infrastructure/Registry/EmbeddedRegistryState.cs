namespace MtSockets.Infrastructure.Registry;

/// <summary>What Redis would hold. Its own type, so that several servers in one process can share it. Guarded by itself.</summary>
internal sealed class EmbeddedRegistryState(TimeProvider time)
{
    private const int MaxRouteLeases = 1000;

    private readonly Dictionary<string, DateTimeOffset> _routeLeases = new(StringComparer.Ordinal);

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

    public void LeaseRoute(string userId, TimeSpan term)
    {
        if (term <= TimeSpan.Zero)
            return;
        if (_routeLeases.Count >= MaxRouteLeases)
            Prune();
        _routeLeases[userId] = time.GetUtcNow() + term;
    }

    /// <summary>What is left of the lease on the user's route.</summary>
    public TimeSpan RouteLeaseOf(string userId)
    {
        var left = _routeLeases.GetValueOrDefault(userId) - time.GetUtcNow();
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private void Prune()
    {
        var now = time.GetUtcNow();
        foreach (var (user, end) in _routeLeases)
        {
            if (end <= now)
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
