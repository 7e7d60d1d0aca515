using MtSockets.Infrastructure.Inbox;
using MtSockets.Infrastructure.Registry;

namespace MtSockets.Edge.Tests.Fakes;

/// <summary>What all servers of one test share: a Redis and a RabbitMQ in memory that can be away, and a clock that stands.</summary>
internal sealed class World
{
    public World(InboxOptions? inbox = null)
    {
        Registry = new EmbeddedRegistryState(Time);
        Inbox = new FlakyInbox(this, inbox ?? new InboxOptions());
    }

    public FakeTime Time { get; } = new();

    public FakeNetwork Network { get; } = new();

    public FakeLeases Leases { get; } = new();

    public EmbeddedRegistryState Registry { get; }

    public FlakyInbox Inbox { get; }

    public bool IsRedisUp { get; set; } = true;

    /// <summary>The servers that the registry names for a user.</summary>
    public string[] ServersOf(string user)
    {
        lock (Registry)
            return Registry.Servers.TryGetValue(user, out var servers) ? [.. servers.Order()] : [];
    }

    /// <summary>Enters a server for a user by hand.</summary>
    public void Enter(string user, string server, bool inSet = true)
    {
        lock (Registry)
        {
            if (inSet)
                Registry.Enter(user, server);
            else
                Registry.Last[user] = server;
        }
    }
}
