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
        // One append for each recipient, all begun before the first is awaited: they leave in one pipeline.
        var groups = indexes.GroupBy(index => messages[index].User, StringComparer.Ordinal).ToArray();
        var stored = await Task.WhenAll(groups.Select(group => StoreAsync(group.Key, messages, [.. group], outcomes, cancellationToken)));
        await WakeAsync([.. groups.Zip(stored).Where(pair => pair.Second).Select(pair => pair.First.Key)], cancellationToken);
    }

    private async Task<bool> StoreAsync(
        string userId, IReadOnlyList<OutgoingMessage> messages, int[] indexes, RouteOutcome[] outcomes, CancellationToken cancellationToken)
    {
        try
        {
            var appended = await inbox.AppendAsync(
                userId, Array.ConvertAll(indexes, index => new InboxMessage(messages[index].Frame) { Extra = messages[index].Extra }), cancellationToken);
            for (var i = 0; i < indexes.Length; i++)
            {
                outcomes[indexes[i]] = RouteOutcome.Stored;
                Announce(messages[indexes[i]], appended[i].Seq);
            }

            return true;
        }
        catch (DependencyUnavailableException)
        {
            foreach (var index in indexes)
                outcomes[index] = RouteOutcome.Unavailable;
            return false;
        }
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
