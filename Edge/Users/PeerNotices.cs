using System.Collections.Concurrent;
using MtSockets.Contracts.Bus;
using MtSockets.Edge.Routing;
using MtSockets.Edge.Sockets;
using MtSockets.Infrastructure.Outbox;

namespace MtSockets.Edge.Users;

/// <summary>
/// What servers that hold the same user tell each other, so that each can deliver to all of his devices without Redis.
/// Every message of it may come late or twice: it says how things are, and a wrong belief is answered with the truth.
/// A server that goes by a leased route to him is told as well, and its answer says that it no longer does.
/// </summary>
/// <remarks>
/// An answer has the number of the notice it answers. One to an earlier notice, or a departure that was told unasked, was
/// sent before the notice was read: it says nothing of the lease.
/// </remarks>
internal sealed class PeerNotices(SocketTable table, ServerOutboxes outboxes, RouteLeases leases, RoutingMetrics metrics)
{
    private readonly ConcurrentDictionary<(string User, string Server, long Number), TaskCompletionSource<bool>> _awaited = new();

    // Anywhere: an answer to a server that had the same id before this one must not fit. It stays exact as a number in JSON.
    private long _lastNumber = Random.Shared.NextInt64(1L << 52);

    /// <summary>
    /// Tells the servers that the user is here too, and waits until each has answered or the token ends the wait. Returns those that have not answered.
    /// </summary>
    public async Task<IReadOnlyList<string>> ArriveAsync(string userId, IReadOnlyList<string> servers, CancellationToken cancellationToken)
    {
        if (servers.Count == 0)
            return [];

        var number = Interlocked.Increment(ref _lastNumber);
        var answers = new Task<bool>[servers.Count];
        for (var i = 0; i < answers.Length; i++)
        {
            var answer = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            _awaited[(userId, servers[i], number)] = answer;
            answers[i] = answer.Task;
            if (!Tell(servers[i], ServerMessageKind.Arrived, userId, number))
                answer.TrySetResult(false);
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
                _awaited.TryRemove((userId, server, number), out _);
        }

        return [.. servers.Where((_, i) => answers[i] is not { IsCompletedSuccessfully: true, Result: true })];
    }

    public void Depart(string userId, IReadOnlyList<string> servers)
    {
        foreach (var server in servers)
            Tell(server, ServerMessageKind.Departed, userId, number: 0);
    }

    /// <summary>Another server holds the user; says whether this one does too.</summary>
    public void OnArrived(string userId, string server, long number)
    {
        // Before the answer, which says so.
        if (leases.End(userId))
            metrics.RouteRecalled();

        // He may come or go between the look and the answer; then the true answer follows it.
        bool wasHere;
        do
        {
            wasHere = IsHere(userId, out var user);
            if (wasHere)
                user!.AddOtherServer(server);
            Tell(server, wasHere ? ServerMessageKind.Known : ServerMessageKind.Departed, userId, number);
        }
        while (IsHere(userId, out _) != wasHere);
    }

    public void OnKnown(string userId, string server, long number)
    {
        if (table.TryGet(userId, out var user))
            user.AddOtherServer(server);
        Complete(userId, server, number, answered: true);
    }

    public void OnDeparted(string userId, string server, long number)
    {
        if (table.TryGet(userId, out var user))
            user.RemoveOtherServer(server);
        Complete(userId, server, number, answered: true);
    }

    /// <summary>The notice cannot reach that server: it is gone, or RabbitMQ is. Neither says that it goes by no lease any more.</summary>
    public void OnUndelivered(in ServerMessage notice, string server, OutboxFailure failure)
    {
        if (failure == OutboxFailure.ServerGone && table.TryGet(notice.User, out var user))
            user.RemoveOtherServer(server);
        // The number of an answer is the other server's.
        if (notice.Kind == ServerMessageKind.Arrived)
            Complete(notice.User, server, notice.Seq, answered: false);
    }

    private bool IsHere(string userId, out LocalUser? user) => table.TryGet(userId, out user) && user.Connections.Length > 0;

    private bool Tell(string server, ServerMessageKind kind, string userId, long number) =>
        outboxes.Add(new OutboxTarget(server), new ServerMessage(kind, userId, default) { Seq = number }, origin: null) is null;

    private void Complete(string userId, string server, long number, bool answered)
    {
        if (_awaited.TryRemove((userId, server, number), out var answer))
            answer.TrySetResult(answered);
    }
}
