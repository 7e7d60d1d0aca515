using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MtSockets.Contracts.Bus;
using MtSockets.Infrastructure.Bus;

namespace MtSockets.Infrastructure.Outbox;

/// <summary>The outboxes of this server, one for each server it has something for.</summary>
internal sealed class ServerOutboxes(
    ServerIdentity identity, IServerBus bus, IOptions<OutboxOptions> options, BusMetrics metrics, ILogger<ServerOutbox> logger)
    : IAsyncDisposable
{
    private readonly ConcurrentDictionary<OutboxTarget, ServerOutbox> _outboxes = new();
    private readonly Lock _opening = new();
    private OutboxContext? _context;

    /// <summary>Names who takes what cannot be delivered. Once, before the first message.</summary>
    public void UndeliveredTo(IUndeliveredMessages undelivered) =>
        _context = new OutboxContext(identity.ServerId, bus, options.Value, metrics, undelivered, logger);

    /// <summary>Takes a message over for the target, or says why not; null where it was taken.</summary>
    public OutboxFailure? Add(OutboxTarget target, in ServerMessage message, IMessageOrigin? origin)
    {
        while (true)
        {
            if (!_outboxes.TryGetValue(target, out var outbox))
                outbox = Open(target);
            var failure = outbox.Add(message, origin);
            if (failure != OutboxFailure.ServerGone)
                return failure;
            // Closed by Prune in this moment: the next round makes a new one.
            _outboxes.TryRemove(KeyValuePair.Create(target, outbox));
        }
    }

    private ServerOutbox Open(OutboxTarget target)
    {
        // Locked, because an outbox that lost the race would leave its pump behind.
        lock (_opening)
        {
            return _outboxes.GetOrAdd(target, static (t, context) =>
                new ServerOutbox(t, context ?? throw new InvalidOperationException("UndeliveredTo was not called.")), _context);
        }
    }

    /// <summary>Closes the idle outboxes of servers for which <paramref name="isNeeded"/> says no.</summary>
    public void Prune(Func<string, bool> isNeeded)
    {
        foreach (var (target, outbox) in _outboxes)
        {
            if (target != OutboxTarget.Everybody && !isNeeded(target.ServerId) && outbox.TryClose())
                _outboxes.TryRemove(KeyValuePair.Create(target, outbox));
        }
    }

    public bool IsIdle => _outboxes.Values.All(static outbox => outbox.IsIdle);

    public async ValueTask DisposeAsync()
    {
        foreach (var outbox in _outboxes.Values)
            await outbox.DisposeAsync();
    }
}
