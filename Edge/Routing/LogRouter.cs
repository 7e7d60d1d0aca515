using MtSockets.Contracts.Bus;
using MtSockets.Infrastructure;
using MtSockets.Infrastructure.Inbox;
using MtSockets.Infrastructure.Outbox;

namespace MtSockets.Edge.Routing;

/// <summary>
/// The way of an acknowledged message: first the log, then everything else. Once it is there its sender gets his ack, and
/// the bus only makes it arrive sooner.
/// </summary>
internal sealed class LogRouter(
    IInbox inbox, Router router, RouteResolver resolver, RouteLeases leases, ServerOutboxes outboxes, InboxStore store, RoutingMetrics metrics)
{
    /// <summary>Routes messages of one sender; returns the number of each in its recipient's log, or 0 where it is not there.</summary>
    public async ValueTask<IReadOnlyList<long>> RouteAsync(
        string senderId, IReadOnlyList<OutgoingMessage> messages, CancellationToken cancellationToken)
    {
        // All are begun before the first is awaited: they leave in one pipeline, in order.
        var appends = new Task<InboxAppended>[messages.Count];
        var users = new RecipientList(messages);
        var before = new string[users.Ids.Count];
        for (var i = 0; i < appends.Length; i++)
        {
            var index = users.IndexOf(i);
            appends[i] = AppendAsync(senderId, messages[i], before[index] ?? "", cancellationToken);
            before[index] = messages[i].Id!;
        }

        var appended = new InboxAppended[messages.Count];
        for (var i = 0; i < appended.Length; i++)
            appended[i] = await appends[i];

        await ForwardAsync(messages, appended, cancellationToken);
        return Array.ConvertAll(appended, result => result.Seq);
    }

    private async Task<InboxAppended> AppendAsync(
        string senderId, OutgoingMessage message, string afterId, CancellationToken cancellationToken)
    {
        try
        {
            var appended = await inbox.AppendAsync(
                new InboxMessage(message.User, message.Frame)
                {
                    Extra = message.Extra,
                    SenderId = senderId,
                    Id = message.Id!,
                    AfterId = afterId,
                    WantsReceipt = message.WantsReceipt,
                },
                cancellationToken);
            if (appended.Seq == 0)
                metrics.MessageRouted(RouteOutcome.Unavailable);
            return appended;
        }
        catch (DependencyUnavailableException)
        {
            metrics.MessageRouted(RouteOutcome.Unavailable);
            return default;
        }
    }

    private async ValueTask ForwardAsync(
        IReadOnlyList<OutgoingMessage> messages, InboxAppended[] appended, CancellationToken cancellationToken)
    {
        // Who is here is known to be here, with the other servers that hold him. For the others a route is taken, and only now: who
        // connects after the question, or after the lease, reads the log after the append.
        List<OutgoingMessage>? elsewhere = null;
        List<InboxAppended>? theirs = null;
        for (var i = 0; i < messages.Count; i++)
        {
            if (appended[i].Seq == 0)
                continue;
            // What follows to the same recipient must not overtake.
            if (!IsGathered(elsewhere, messages[i].User) && TrySendAtOnce(messages[i], appended[i]))
                continue;
            (elsewhere ??= []).Add(messages[i]);
            (theirs ??= []).Add(appended[i]);
        }

        if (elsewhere is null)
            return;
        try
        {
            var users = new RecipientList(elsewhere);
            var targets = await resolver.ResolveAsync(users.Ids, cancellationToken);
            for (var i = 0; i < elsewhere.Count; i++)
                Forward(elsewhere[i], theirs![i], targets[users.IndexOf(i)]);
        }
        catch (DependencyUnavailableException)
        {
            // The log has them; who sees Redis come back has every session read it.
        }
    }

    private bool TrySendAtOnce(in OutgoingMessage message, InboxAppended appended)
    {
        if (TryDeliverHere(message, appended))
            return true;
        if (!leases.TryGet(message.User, out var route))
            return false;
        metrics.MessageRoutedByLease();
        Forward(message, appended, route.Targets);
        return true;
    }

    private bool TryDeliverHere(in OutgoingMessage message, InboxAppended appended)
    {
        if (!router.TryDeliverLocally(message.User, message.Frame, message.Extra, appended.Seq))
            return false;
        metrics.MessageRouted(RouteOutcome.Sent);
        return true;
    }

    private void Forward(in OutgoingMessage message, InboxAppended appended, IReadOnlyList<OutboxTarget> targets)
    {
        if (TryDeliverHere(message, appended))
            return;
        foreach (var target in targets)
        {
            // A server of the first implementation knows no numbers: there a repetition would come twice.
            if (target.Plain && (appended.IsDuplicate || !PlainForm.Fits(message.Frame.Span)))
                continue;
            var copy = new ServerMessage(ServerMessageKind.Deliver, message.User, message.Frame) { Extra = message.Extra, Seq = appended.Seq };
            outboxes.Add(target, copy, origin: null);
        }

        metrics.MessageRouted(targets.Count > 0 ? RouteOutcome.Sent : RouteOutcome.Stored);
        if (targets.Count == 0 && !appended.IsDuplicate)
            store.Announce(message, appended.Seq);
    }

    private static bool IsGathered(List<OutgoingMessage>? gathered, string user) =>
        gathered is not null && gathered.Exists(message => message.User == user);
}
