namespace MtSockets.Infrastructure.Registry;

/// <summary>What Redis would hold. Its own type, so that several servers in one process can share it. Guarded by itself.</summary>
internal sealed class EmbeddedRegistryState
{
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
