using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using MtSockets.Consumers.Messages;
using MtSockets.Contracts;
using MtSockets.Contracts.Bus;
using MtSockets.Edge.Protocol;
using MtSockets.Edge.Routing;
using MtSockets.Edge.Sockets;
using MtSockets.Edge.Transport;
using MtSockets.Edge.Users;

namespace MtSockets.Edge.Delivery;

/// <summary>Hands what comes over the bus to the connections here; what is for somebody who has gone becomes a stray.</summary>
internal sealed class ServerDelivery(SocketTable table, Router router, PeerNotices peers, Strays strays, IOptions<SocketOptions> options) : IServerDelivery
{
    public void DeliverPlain(ReadOnlyMemory<byte> frame, bool toAll)
    {
        if (frame.Length > options.Value.MaxFrameBytes)
            throw new JsonException("A message in the plain form is larger than a frame may be.");
        if (!FrameParser.TryParse(frame.Span, out var parsed, out var fault))
            throw new JsonException("A message in the plain form cannot be read: " + fault.Message);
        var user = Encoding.UTF8.GetString(parsed.To);
        if (!UserId.IsValid(user, out var reason))
            throw new JsonException("A message in the plain form cannot be delivered: \"to\" " + reason);

        // Written anew, so that a client gets the documented keys whatever the sender put into it.
        var message = FrameWriter.Message(Encoding.UTF8.GetString(parsed.From), user, parsed.Body);
        // Its sender knows one server of each user; the user's other devices are for this one to reach.
        if (!router.TryDeliverLocally(user, message, othersHaveIt: toAll) && !toAll)
            strays.Take(new ServerMessage(ServerMessageKind.Deliver, user, message));
    }

    public void Deliver(string origin, MessageBatch batch)
    {
        // What one connection gets out of a batch leaves in one write.
        Deferred.Begin();
        try
        {
            DeliverEach(origin, batch);
        }
        finally
        {
            Deferred.End();
        }
    }

    private void DeliverEach(string origin, MessageBatch batch)
    {
        var empty = 0;
        foreach (var message in batch)
        {
            switch (message.Kind)
            {
                case ServerMessageKind.Deliver or ServerMessageKind.Broadcast or ServerMessageKind.Control when !HasMembers(message.Frame.Span):
                    // A client could make nothing of it.
                    empty++;
                    break;
                case ServerMessageKind.Deliver:
                    var extra = HasMembers(message.Extra.Span) ? message.Extra.Span : default;
                    if (!TryDeliver(message.User, new MessageFrame(message.Frame.Span, extra, message.Seq)))
                        strays.Take(message);
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
                    peers.OnArrived(message.User, origin, message.Seq);
                    break;
                case ServerMessageKind.Known:
                    peers.OnKnown(message.User, origin, message.Seq);
                    break;
                case ServerMessageKind.Departed:
                    peers.OnDeparted(message.User, origin, message.Seq);
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

        if (empty > 0)
            throw new JsonException($"{empty} messages of the batch have no \"frame\"; the others were delivered.");
    }

    private static bool HasMembers(ReadOnlySpan<byte> json) => json.Length > 2 && json[1..^1].IndexOfAnyExcept(" \t\r\n"u8) >= 0;

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
