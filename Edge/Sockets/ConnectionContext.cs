using Microsoft.Extensions.Options;
using MtSockets.Edge.Users;
using MtSockets.Infrastructure;
using MtSockets.Infrastructure.Inbox;

namespace MtSockets.Edge.Sockets;

/// <summary>What all connections of a server share.</summary>
internal sealed class ConnectionContext(
    ServerIdentity identity,
    IInbox inbox,
    IOptions<SocketOptions> sockets,
    IOptions<InboxOptions> inboxes,
    SocketMetrics metrics,
    TimeProvider time,
    ILogger<Connection> logger)
{
    public ServerIdentity Identity => identity;

    public IInbox Inbox => inbox;

    public SocketOptions Sockets => sockets.Value;

    public InboxOptions Inboxes => inboxes.Value;

    public SocketMetrics Metrics => metrics;

    public TimeProvider Time => time;

    public ILogger Logger => logger;

    public InboxSessionLimits SessionLimits { get; } = new(
        sockets.Value.SendQueueBytes, inboxes.Value.PageSize, TimeSpan.FromMilliseconds(inboxes.Value.GapWaitMs));
}
