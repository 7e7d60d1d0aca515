using MtSockets.Edge.Protocol;

namespace MtSockets.Edge.Sockets;

/// <summary>Makes connections, each with an id of its own over all servers.</summary>
internal sealed class ConnectionFactory(ConnectionContext context)
{
    private long _last;

    public Connection Create(string userId, Dialect dialect, long? lastSeq) =>
        new($"{context.Identity.Incarnation}-{Interlocked.Increment(ref _last):x}", userId, dialect, lastSeq, context);
}
