using Microsoft.Extensions.Options;
using MtSockets.Edge.Users;
using MtSockets.Infrastructure;
using MtSockets.Infrastructure.Inbox;

namespace MtSockets.Edge.Sockets;

/// <summary>Makes connections with the limits of this server.</summary>
internal sealed class ConnectionFactory(
    ServerIdentity identity, IInbox inbox, IOptions<SocketOptions> sockets, IOptions<InboxOptions> inboxes, SocketMetrics metrics)
{
    private readonly InboxSessionLimits _limits = new(sockets.Value.SendQueueBytes, inboxes.Value.PageSize);
    private long _last;

    public Connection Create(string userId)
    {
        var queue = new SendQueue(sockets.Value.SendQueueBytes);
        var session = new InboxSession(userId, queue, inbox, _limits);
        return new Connection($"{identity.Incarnation}-{Interlocked.Increment(ref _last):x}", userId, queue, session, metrics);
    }
}
