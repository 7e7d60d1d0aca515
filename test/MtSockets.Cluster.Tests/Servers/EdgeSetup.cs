namespace MtSockets.Cluster.Tests.Servers;

/// <summary>What a server is started with: the variables of the spec and, where a test needs them short, the times.</summary>
public static class EdgeSetup
{
    private static int _last;

    /// <summary>A name that no other test uses, since they share their brokers.</summary>
    public static string Unique(string name) => $"{name}-{Environment.ProcessId:x}-{Interlocked.Increment(ref _last)}";

    /// <summary>A server of a cluster, with a lease short enough for its death to be seen and no wait at its end.</summary>
    public static Dictionary<string, string?> InCluster(string serverId, string redis, string rabbitMq) => new()
    {
        ["PORT"] = "0",
        ["SERVER_ID"] = serverId,
        ["REDIS_ADDR"] = redis,
        ["RABBITMQ_ADDR"] = rabbitMq,
        ["Lease__DurationMs"] = "4000",
        ["Lease__RenewMs"] = "500",
        ["Drain__SpreadMs"] = "0",
    };

    public static Dictionary<string, string?> With(this Dictionary<string, string?> setup, params (string Name, string? Value)[] more)
    {
        foreach (var (name, value) in more)
            setup[name] = value;
        return setup;
    }
}
