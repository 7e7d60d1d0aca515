using MtSockets.Edge.Hosting;
using MtSockets.Edge.Servers;
using MtSockets.Infrastructure.Bus;
using MtSockets.Infrastructure.Redis;

namespace MtSockets.Edge.Health;

/// <summary>Whether this server can do its whole job, and if not, what it misses.</summary>
internal sealed class ServerHealth(IServerBus bus, LeaseKeeper lease, DrainState drain, IEnumerable<RedisConnection> redis)
{
    public IReadOnlyList<string> Missing()
    {
        List<string> missing = [];
        if (redis.Any(connection => !connection.IsUp))
            missing.Add("redis");
        if (!bus.IsUp)
            missing.Add("rabbitmq");
        if (missing.Count == 0 && !lease.IsHeld)
            missing.Add("lease");
        if (drain.IsDraining)
            missing.Add("draining");
        return missing;
    }
}
