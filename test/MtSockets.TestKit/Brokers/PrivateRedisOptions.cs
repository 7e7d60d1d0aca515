namespace MtSockets.TestKit.Brokers;

public sealed record PrivateRedisOptions
{
    /// <summary>Write every command to disk before it is answered (<c>appendonly yes</c>, <c>appendfsync always</c>), so that data survives a kill.
    /// Off by default: a restarted Redis is then empty.</summary>
    public bool AppendOnly { get; init; }

    /// <summary>Demanded of every client (<c>requirepass</c>); none by default.</summary>
    public string? Password { get; init; }
}
