using System.Collections.Concurrent;
using MtSockets.Contracts.Bus;
using MtSockets.Contracts.Naming;
using MtSockets.Infrastructure.Bus;

namespace MtSockets.Edge.Tests.Fakes;

/// <summary>
/// What RabbitMQ is to the servers of one test: it knows their queues, keeps what was published, returns what is for nobody,
/// and can be away.
/// </summary>
internal sealed class FakeNetwork
{
    private readonly TaskCompletionSource _ended = new();
    private int _begun;
    private readonly ConcurrentDictionary<string, TestServer> _servers = new(StringComparer.Ordinal);

    public bool IsUp { get; set; } = true;

    /// <summary>Runs once, when a server is about to give something to an outbox.</summary>
    public Action? BeforeSend { get; set; }

    /// <summary>Everything that was published, in order.</summary>
    public ConcurrentQueue<Published> Published { get; } = new();

    /// <summary>Messages of one kind that were published for a server.</summary>
    public IEnumerable<Published> For(string serverId, ServerMessageKind kind = ServerMessageKind.Deliver) =>
        Published.Where(item => item.RoutingKey == BusNames.ServerKey(serverId) && item.Kind == kind);

    /// <summary>When set, a publish waits for it: what comes meanwhile gathers into the next batch.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>Publishes that were begun, those that wait for the gate included.</summary>
    public int Begun => Volatile.Read(ref _begun);

    /// <summary>When set, messages reach their queue but no server takes them from it.</summary>
    public bool IsSilent { get; set; }

    /// <summary>A server that takes nothing from its queue.</summary>
    public string? Deaf { get; set; }

    /// <summary>The test is over: no publish waits for its gate any more, also where an assertion has failed before it was opened.</summary>
    public void End() => _ended.TrySetResult();

    public void Join(TestServer server) => _servers[server.Id] = server;

    /// <summary>As if the server had died: its queue is gone.</summary>
    public void Remove(string serverId) => _servers.TryRemove(serverId, out _);

    /// <summary>The way out of one server.</summary>
    public IServerBus BusOf() => new Bus(this);

    private async ValueTask<PublishOutcome> PublishAsync(string routingKey, DeliverToServer batch)
    {
        Interlocked.Increment(ref _begun);
        await Task.WhenAny(Gate, _ended.Task);
        if (!IsUp)
            return PublishOutcome.Failed;

        // The memory of a batch is its outbox's.
        var messages = new MessageBatch(batch.Messages.Json.ToArray());
        Note(routingKey, messages);
        if (routingKey == BusNames.BroadcastKey)
        {
            foreach (var server in _servers.Values)
                server.Delivery.Deliver(batch.Origin, messages);
            return PublishOutcome.Confirmed;
        }

        var target = _servers.Values.FirstOrDefault(server => BusNames.ServerKey(server.Id) == routingKey);
        if (target is null)
            return PublishOutcome.Returned;
        if (!IsSilent && target.Id != Deaf)
            target.Delivery.Deliver(batch.Origin, messages);
        return PublishOutcome.Confirmed;
    }

    private void Note(string routingKey, MessageBatch messages)
    {
        foreach (var message in messages)
        {
            Published.Enqueue(new Published(
                routingKey, message.Kind, message.User, System.Text.Encoding.UTF8.GetString(message.Frame.Span), message.Share, message.Seq));
        }
    }

    private sealed class Bus(FakeNetwork network) : IServerBus
    {
        public bool IsUp
        {
            get
            {
                var step = network.BeforeSend;
                network.BeforeSend = null;
                step?.Invoke();
                return network.IsUp;
            }
        }

        public ValueTask<PublishOutcome> PublishAsync(string routingKey, DeliverToServer batch, CancellationToken cancellationToken) =>
            network.PublishAsync(routingKey, batch);

        public ValueTask<PublishOutcome> PublishPlainAsync(
            string routingKey, ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
        {
            network.Published.Enqueue(new Published(
                routingKey, ServerMessageKind.Deliver, "", System.Text.Encoding.UTF8.GetString(frame.Span), ServerMessageShare.Sole, 0)
            { IsPlain = true });
            return ValueTask.FromResult(PublishOutcome.Confirmed);
        }
    }
}
