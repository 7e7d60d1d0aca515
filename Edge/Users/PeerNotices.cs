using System.Collections.Concurrent;
using MtSockets.Contracts.Bus;
using MtSockets.Edge.Sockets;
using MtSockets.Infrastructure.Outbox;

namespace MtSockets.Edge.Users;

/// <summary>
/// What servers that hold the same user tell each other, so that each can deliver to all of his devices without Redis.
/// Every message of it may come late or twice: it says how things are, and a wrong belief is answered with the truth.
/// </summary>
internal sealed class PeerNotices(SocketTable table, ServerOutboxes outboxes)
{
    private readonly ConcurrentDictionary<(string User, string Server), TaskCompletionSource> _awaited = new();

    /// <summary>Tells the servers that the user is here too, and waits until each has answered or the token ends the wait.</summary>
    public async Task ArriveAsync(string userId, IReadOnlyList<string> servers, CancellationToken cancellationToken)
    {
        if (servers.Count == 0)
            return;

        var answers = new List<Task>(servers.Count);
        foreach (var server in servers)
        {
            var answer = _awaited.GetOrAdd(
                (userId, server), static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            if (Tell(server, ServerMessageKind.Arrived, userId))
                answers.Add(answer.Task);
        }

        try
        {
            await Task.WhenAll(answers).WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // A server that is slow to answer has the notice all the same: it is in its queue before any message of ours.
        }
        finally
        {
            foreach (var server in servers)
                Answered(userId, server);
        }
    }

    public void Depart(string userId, IReadOnlyList<string> servers)
    {
        foreach (var server in servers)
            Tell(server, ServerMessageKind.Departed, userId);
    }

    /// <summary>Another server holds the user; says whether this one does too.</summary>
    public void OnArrived(string userId, string server)
    {
        if (table.TryGet(userId, out var user) && user.Connections.Length > 0)
        {
            user.AddOtherServer(server);
            Tell(server, ServerMessageKind.Known, userId);
            // He may have gone between the look and the note; who has no connection left believes nothing.
            if (user.Connections.Length > 0)
                return;
        }

        Tell(server, ServerMessageKind.Departed, userId);
    }

    public void OnKnown(string userId, string server)
    {
        if (table.TryGet(userId, out var user))
            user.AddOtherServer(server);
        Answered(userId, server);
    }

    public void OnDeparted(string userId, string server)
    {
        if (table.TryGet(userId, out var user))
            user.RemoveOtherServer(server);
        Answered(userId, server);
    }

    /// <summary>The notice cannot reach that server: it is gone, or RabbitMQ is.</summary>
    public void OnUndelivered(string userId, string server, OutboxFailure failure)
    {
        if (failure == OutboxFailure.ServerGone)
            OnDeparted(userId, server);
        else
            Answered(userId, server);
    }

    private bool Tell(string server, ServerMessageKind kind, string userId) =>
        outboxes.Add(new OutboxTarget(server), new ServerMessage(kind, userId, default), origin: null) is null;

    private void Answered(string userId, string server)
    {
        if (_awaited.TryRemove((userId, server), out var answer))
            answer.TrySetResult();
    }
}
