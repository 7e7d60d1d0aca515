using MtSockets.Contracts.Events;
using MtSockets.Edge.Protocol;
using MtSockets.Infrastructure;
using MtSockets.Infrastructure.Events;

namespace MtSockets.Edge.Sockets;

/// <summary>Tells other services of connections.</summary>
internal sealed class ConnectionEvents(EventPublisher events, ServerIdentity identity, TimeProvider time)
{
    public void Opened(Connection connection)
    {
        if (events.IsEnabled)
            events.Publish(new UserConnected(connection.UserId, identity.ServerId, connection.Id, time.GetUtcNow()));
    }

    public void Closed(Connection connection, CloseReason reason)
    {
        if (events.IsEnabled)
        {
            events.Publish(new UserDisconnected(
                connection.UserId, identity.ServerId, connection.Id, reason.Code, reason.Text, time.GetUtcNow()));
        }
    }
}
