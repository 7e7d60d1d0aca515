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
        // One append for each recipient, all begun before the first is awaited: they leave in one pipeline.
        var users = new RecipientList(messages);
        var groups = users.ByRecipient();
        var appended = new InboxAppended[messages.Count];
        var appends = new Task[groups.Length];
        for (var i = 0; i < groups.Length; i++)
            appends[i] = AppendAsync(senderId, users.Ids[i], messages, groups[i], appended, cancellationToken);
        await Task.WhenAll(appends);

        await ForwardAsync(messages, appended, cancellationToken);
        return Array.ConvertAll(appended, result => result.Seq);
    }

    /// <summary>Appends the messages at <paramref name="indexes"/>, all of them to one user. They have no number where that failed.</summary>
    private async Task AppendAsync(
        string senderId, string userId, IReadOnlyList<OutgoingMessage> messages, List<int> indexes, InboxAppended[] appended, CancellationToken cancellationToken)
    {
        var toAppend = new InboxMessage[indexes.Count];
        for (var i = 0; i < toAppend.Length; i++)
        {
            var message = messages[indexes[i]];
            toAppend[i] = new InboxMessage(message.Frame)
            {
                Extra = message.Extra,
                SenderId = senderId,
                Id = message.Id!,
                WantsReceipt = message.WantsReceipt,
            };
        }

        try
        {
            var results = await inbox.AppendAsync(userId, toAppend, cancellationToken);
            for (var i = 0; i < toAppend.Length; i++)
                appended[indexes[i]] = results[i];
        }
        catch (DependencyUnavailableException)
        {
            foreach (var _ in indexes)
                metrics.MessageRouted(RouteOutcome.Unavailable);
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

    private bool TryDeliverHere(in OutgoingMessage message, InboxAppended appended) =>
        router.TryDeliverLocally(message.User, message.Frame, message.Extra, appended.Seq);

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
