using MtSockets.Contracts.Bus;
using MtSockets.Edge.Protocol;
using MtSockets.Edge.Routing;
using MtSockets.Edge.Sockets;
using MtSockets.Infrastructure;
using MtSockets.Infrastructure.Inbox;
using MtSockets.Infrastructure.Outbox;

namespace MtSockets.Edge.Users;

/// <summary>
/// Tells senders that a message of theirs has arrived, on whichever server they are by now. A receipt is sent once, to who
/// is connected then: it is not stored.
/// </summary>
internal sealed class ReceiptSender(SocketTable table, RouteResolver resolver, ServerOutboxes outboxes)
{
    public async ValueTask SendAsync(IReadOnlyList<InboxReceipt> receipts, CancellationToken cancellationToken)
    {
        if (receipts.Count == 0)
            return;
        try
        {
            var senders = receipts.Select(receipt => receipt.SenderId).Distinct(StringComparer.Ordinal).ToArray();
            var targets = await resolver.ResolveAsync(senders, cancellationToken);
            var targetsOf = senders.Zip(targets).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);
            foreach (var receipt in receipts)
                Send(receipt, targetsOf[receipt.SenderId]);
        }
        catch (DependencyUnavailableException)
        {
            // The confirmation itself is written. Who is connected here hears of it all the same.
            foreach (var receipt in receipts)
                Send(receipt, []);
        }
    }

    private void Send(InboxReceipt receipt, IReadOnlyList<OutboxTarget> targets)
    {
        var frame = ControlFrames.Receipt(receipt.Id, receipt.UserId);
        if (table.TryGet(receipt.SenderId, out var sender))
            sender.SendControl(frame);
        foreach (var target in targets)
        {
            if (!target.Plain)
                outboxes.Add(target, new ServerMessage(ServerMessageKind.Control, receipt.SenderId, frame), origin: null);
        }
    }
}
