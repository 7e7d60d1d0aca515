using MtSockets.Contracts.Bus;
using MtSockets.Contracts.Events;
using MtSockets.Edge.Protocol;
using MtSockets.Edge.Sockets;
using MtSockets.Infrastructure;
using MtSockets.Infrastructure.Events;
using MtSockets.Infrastructure.Inbox;
using MtSockets.Infrastructure.Outbox;

namespace MtSockets.Edge.Routing;

/// <summary>Stores messages for users whom no server holds.</summary>
internal sealed class InboxStore(
    IInbox inbox, RouteResolver resolver, ServerOutboxes outboxes, SocketTable table, EventPublisher events, TimeProvider time)
{
    /// <summary>Appends the messages at <paramref name="indexes"/> in that order and notes what became of each.</summary>
    public async ValueTask StoreAsync(
        IReadOnlyList<OutgoingMessage> messages, IReadOnlyList<int> indexes, RouteOutcome[] outcomes, CancellationToken cancellationToken)
    {
        // All are begun before the first is awaited: they leave in one pipeline, in order.
        var appends = new Task<InboxAppended>[indexes.Count];
        for (var i = 0; i < appends.Length; i++)
        {
            var message = messages[indexes[i]];
            appends[i] = inbox.AppendAsync(new InboxMessage(message.User, message.Frame) { Extra = message.Extra }, cancellationToken).AsTask();
        }

        var stored = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < appends.Length; i++)
        {
            var message = messages[indexes[i]];
            try
            {
                var (seq, _) = await appends[i];
                outcomes[indexes[i]] = RouteOutcome.Stored;
                stored.Add(message.User);
                Announce(message, seq);
            }
            catch (DependencyUnavailableException)
            {
                outcomes[indexes[i]] = RouteOutcome.Unavailable;
            }
        }

        await WakeAsync([.. stored], cancellationToken);
    }

    /// <summary>A user may have connected between the look-up and the append: then his server read the log too early and must read it again.</summary>
    private async ValueTask WakeAsync(IReadOnlyList<string> users, CancellationToken cancellationToken)
    {
        if (users.Count == 0)
            return;
        try
        {
            var targets = await resolver.ResolveAsync(users, cancellationToken);
            for (var i = 0; i < users.Count; i++)
            {
                if (table.TryGet(users[i], out var local))
                    local.PokeAll();
                foreach (var target in targets[i].Where(target => !target.Plain))
                    outboxes.Add(target, new ServerMessage(ServerMessageKind.Stored, users[i], default), origin: null);
            }
        }
        catch (DependencyUnavailableException)
        {
            // The messages are in the log; who sees Redis come back has every session read it.
        }
    }

    /// <summary>Tells other services that a message waits.</summary>
    public void Announce(in OutgoingMessage message, long seq)
    {
        if (events.IsEnabled && FrameParser.TryParse(message.Frame.Span, out var frame, out _))
            events.Publish(new MessageStored(System.Text.Encoding.UTF8.GetString(frame.From), message.User, seq, time.GetUtcNow()));
    }
}
