using Microsoft.Extensions.Options;
using MtSockets.Contracts.Bus;
using MtSockets.Edge.Protocol;
using MtSockets.Edge.Sockets;
using MtSockets.Infrastructure;
using MtSockets.Infrastructure.Outbox;

namespace MtSockets.Edge.Routing;

/// <summary>
/// Finds the way of a message: the socket table, else the servers that the registry names, else the inbox.
/// </summary>
internal sealed class Router(
    SocketTable table,
    RouteResolver resolver,
    RouteLeases leases,
    ServerOutboxes outboxes,
    InboxStore store,
    IOptions<RoutingOptions> options,
    RoutingMetrics metrics)
{
    /// <summary>
    /// Delivers to a user who is connected here, without Redis: his connections here, and the servers that are known to
    /// hold him too. False where he is not here.
    /// </summary>
    public bool TryDeliverLocally(
        ReadOnlySpan<char> userId, ReadOnlyMemory<byte> frame, ReadOnlyMemory<byte> extra = default, long seq = 0, bool othersHaveIt = false)
    {
        if (!table.TryGet(userId, out var user) || !user.TryDeliver(new MessageFrame(frame.Span, extra.Span, seq)))
            return false;

        foreach (var server in othersHaveIt ? [] : user.OtherServers)
        {
            // He has the message: whatever becomes of the copy, nobody is to be told.
            var copy = new ServerMessage(ServerMessageKind.Deliver, user.Id, frame) { Extra = extra, Seq = seq, Share = ServerMessageShare.Copy };
            outboxes.Add(new OutboxTarget(server), copy, origin: null);
        }

        metrics.MessageDeliveredLocally();
        return true;
    }

    /// <summary>
    /// Routes a message without a question to Redis: to a user who is here, or by a route that holds. False where the registry has to be asked.
    /// </summary>
    public bool TryRouteAtOnce(
        ReadOnlySpan<char> userId, ReadOnlyMemory<byte> frame, ReadOnlyMemory<byte> extra, IMessageOrigin? origin, out RouteOutcome outcome)
    {
        outcome = RouteOutcome.Sent;
        if (TryDeliverLocally(userId, frame, extra))
            return true;
        if (!leases.TryGet(userId, out var route))
            return false;
        outcome = ForwardTo(new OutgoingMessage(route.UserId, frame, origin) { Extra = extra }, route.Targets);
        metrics.MessageRoutedByLease();
        metrics.MessageRouted(outcome);
        return true;
    }

    /// <summary>
    /// Routes messages that <see cref="TryRouteAtOnce"/> could not route. Each recipient among them is looked up once,
    /// all at once; messages to the same recipient keep their order. Returns what became of each.
    /// </summary>
    public async ValueTask<IReadOnlyList<RouteOutcome>> RouteAsync(IReadOnlyList<OutgoingMessage> messages, CancellationToken cancellationToken)
    {
        var outcomes = new RouteOutcome[messages.Count];
        var users = new RecipientList(messages);
        try
        {
            var targets = await resolver.ResolveAsync(users.Ids, cancellationToken);
            List<int>? absent = null;
            for (var i = 0; i < messages.Count; i++)
            {
                if (Forward(messages[i], targets[users.IndexOf(i)]) is { } outcome)
                    outcomes[i] = outcome;
                else if (messages[i].IsEphemeral)
                    outcomes[i] = RouteOutcome.Dropped;
                else
                    (absent ??= []).Add(i);
            }

            if (absent is not null)
                await store.StoreAsync(messages, absent, outcomes, cancellationToken);
        }
        catch (DependencyUnavailableException)
        {
            Array.Fill(outcomes, RouteOutcome.Unavailable);
        }

        foreach (var outcome in outcomes)
            metrics.MessageRouted(outcome);
        return outcomes;
    }

    /// <summary>Null where nobody holds the user: then it is the inbox's.</summary>
    private RouteOutcome? Forward(in OutgoingMessage message, IReadOnlyList<OutboxTarget> targets)
    {
        // He may have come here while the registry was asked.
        if (TryDeliverLocally(message.User, message.Frame, message.Extra, othersHaveIt: message.Share != ServerMessageShare.Sole))
            return RouteOutcome.Sent;
        if (message.Hops >= options.Value.MaxHops)
            return null;

        if (message.GoneFrom is { } gone)
            targets = [.. targets.Where(target => target.ServerId != gone)];
        if (targets.Count == 0)
            return null;
        // A server that holds him got its own; but he may have moved to one that did not.
        if (message.Copies is { } copies && HasAny(copies, targets))
            return RouteOutcome.Dropped;
        return ForwardTo(message, targets);
    }

    private RouteOutcome ForwardTo(in OutgoingMessage message, IReadOnlyList<OutboxTarget> targets)
    {
        var share = targets.Count == 1 ? ServerMessageShare.Sole : ServerMessageShare.First;
        for (var i = 0; i < targets.Count; i++)
        {
            var target = targets[i];
            var answersForIt = share != ServerMessageShare.Copy;
            var copy = new ServerMessage(ServerMessageKind.Deliver, message.User, message.Frame)
            {
                Extra = message.Extra,
                Hops = message.Hops,
                Share = share,
                Copies = share == ServerMessageShare.First ? Others(targets, target.ServerId) : null,
            };
            var outcome = target.Plain && !PlainForm.Fits(message.Frame.Span)
                ? RouteOutcome.BodyNotText
                : RouteReplies.OutcomeOf(outboxes.Add(target, copy, answersForIt ? message.Origin : null));
            // Its sender hears that it was not sent, and sends it again: nobody may have it yet.
            if (answersForIt && outcome != RouteOutcome.Sent)
                return outcome;
            share = ServerMessageShare.Copy;
        }

        return RouteOutcome.Sent;
    }

    private static string[] Others(IReadOnlyList<OutboxTarget> targets, string first) =>
        [.. targets.Select(target => target.ServerId).Where(server => server != first)];

    private static bool HasAny(IReadOnlyList<string> servers, IReadOnlyList<OutboxTarget> targets) =>
        targets.Any(target => servers.Contains(target.ServerId));
}
