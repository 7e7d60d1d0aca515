using System.Text;
using System.Text.Json;
using MtSockets.Consumers.Messages;
using MtSockets.Contracts;
using MtSockets.Contracts.Bus;
using MtSockets.Edge.Protocol;
using MtSockets.Edge.Sockets;
using MtSockets.Edge.Users;

namespace MtSockets.Edge.Delivery;

/// <summary>Hands what comes over the bus to the connections here; what is for somebody who has gone becomes a stray.</summary>
internal sealed class ServerDelivery(SocketTable table, PeerNotices peers, Strays strays) : IServerDelivery
{
    public async ValueTask DeliverAsync(string origin, MessageBatch batch, CancellationToken cancellationToken)
    {
        // Only what has gone is waited for, and only where too much waits there already: the reader cannot live across that.
        foreach (var gone in DeliverToConnections(origin, batch))
            await strays.TakeAsync(gone, cancellationToken);
    }

    public ValueTask DeliverPlainAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        if (!FrameParser.TryParse(frame.Span, out var parsed, out var fault))
            throw new JsonException("A message in the plain form cannot be read: " + fault.Message);
        var user = Encoding.UTF8.GetString(parsed.To);
        if (!UserId.IsValid(user, out var reason))
            throw new JsonException("A message in the plain form cannot be delivered: \"to\" " + reason);

        // Written anew, so that a client gets the documented keys whatever the sender put into it.
        var message = FrameWriter.Message(Encoding.UTF8.GetString(parsed.From), user, parsed.Body);
        return TryDeliver(user, new MessageFrame(message))
            ? ValueTask.CompletedTask
            : strays.TakeAsync(new ServerMessage(ServerMessageKind.Deliver, user, message), cancellationToken);
    }

    private List<ServerMessage> DeliverToConnections(string origin, MessageBatch batch)
    {
        List<ServerMessage> gone = [];
        foreach (var message in batch)
        {
            switch (message.Kind)
            {
                case ServerMessageKind.Deliver:
                    // What has a number is in the log: whoever holds the user finds it there.
                    if (!TryDeliver(message.User, new MessageFrame(message.Frame.Span, message.Extra.Span, message.Seq)) && message.Seq == 0)
                        gone.Add(message);
                    break;
                case ServerMessageKind.Broadcast:
                    foreach (var connection in table.Connections)
                        connection.TryDeliver(new MessageFrame(message.Frame.Span));
                    break;
                case ServerMessageKind.Control:
                    if (table.TryGet(message.User, out var receiver))
                        receiver.SendControl(message.Frame.Span);
                    break;
                case ServerMessageKind.Arrived:
                    peers.OnArrived(message.User, origin);
                    break;
                case ServerMessageKind.Known:
                    peers.OnKnown(message.User, origin);
                    break;
                case ServerMessageKind.Departed:
                    peers.OnDeparted(message.User, origin);
                    break;
                case ServerMessageKind.Stored:
                    if (table.TryGet(message.User, out var user))
                        user.PokeAll();
                    break;
                case ServerMessageKind.Disconnect:
                    Disconnect(message);
                    break;
            }
        }

        return gone;
    }

    private bool TryDeliver(string userId, in MessageFrame frame) => table.TryGet(userId, out var user) && user.TryDeliver(frame);

    private void Disconnect(in ServerMessage message)
    {
        if (!table.TryGet(message.User, out var user))
            return;
        var reason = DisconnectFrame.Read(message.Frame.Span);
        foreach (var connection in user.Connections)
            connection.Close(reason);
    }
}
