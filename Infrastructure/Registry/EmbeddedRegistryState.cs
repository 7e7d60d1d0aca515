namespace MtSockets.Infrastructure.Registry;

/// <summary>What Redis would hold. Its own type, so that several servers in one process can share it. Guarded by itself.</summary>
internal sealed class EmbeddedRegistryState
{
    public Dictionary<string, HashSet<string>> Servers { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, string> Last { get; } = new(StringComparer.Ordinal);

    public HashSet<string> ServersOf(string userId)
    {
        if (!Servers.TryGetValue(userId, out var servers))
            Servers[userId] = servers = new HashSet<string>(StringComparer.Ordinal);
        return servers;
    }
}
