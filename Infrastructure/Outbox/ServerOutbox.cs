using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using MtSockets.Contracts.Bus;
using MtSockets.Infrastructure.Bus;

namespace MtSockets.Infrastructure.Outbox;

/// <summary>
/// What waits for one other server. One publish is in flight at a time, which keeps the order; what arrives while it waits
/// for its confirm gathers into the next batch. At low load a batch is one message and nothing waits for a timer.
/// </summary>
internal sealed partial class ServerOutbox : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Channel<bool> _signal =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private readonly OutboxTarget _target;
    private readonly OutboxContext _context;
    private readonly Task _pump;
    private OutboxBuffer _pending = new();
    private OutboxBuffer _sending = new();
    private bool _closed;
    private bool _busy;

    public ServerOutbox(OutboxTarget target, OutboxContext context)
    {
        _target = target;
        _context = context;
        _pump = PumpAsync();
    }

    public bool IsIdle
    {
        get
        {
            lock (_lock)
                return !_busy && _pending.Count == 0;
        }
    }

    /// <summary>Takes a message over, or says why not; null where it was taken.</summary>
    public OutboxFailure? Add(in ServerMessage message, IMessageOrigin? origin)
    {
        if (!_context.Bus.IsUp)
            return OutboxFailure.BusDown;

        lock (_lock)
        {
            if (_closed)
                return OutboxFailure.ServerGone;
            if (_pending.Bytes + message.Frame.Length > _context.Options.MaxBytes)
                return OutboxFailure.Full;
            _pending.Add(message, origin);
            // The pump looks again before it rests, and has been woken for the first one already.
            if (_busy || _pending.Count > 1)
                return null;
        }

        _signal.Writer.TryWrite(true);
        return null;
    }

    /// <summary>Closes an outbox that nobody needs any more; false where something waits in it.</summary>
    public bool TryClose()
    {
        lock (_lock)
        {
            if (_busy || _pending.Count > 0)
                return false;
            _closed = true;
        }

        _signal.Writer.TryComplete();
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        lock (_lock)
            _closed = true;
        _signal.Writer.TryComplete();
        await _pump;
    }

    private async Task PumpAsync()
    {
        while (await _signal.Reader.WaitToReadAsync())
        {
            _signal.Reader.TryRead(out _);
            while (TakePending())
                await PublishAllAsync(_sending);
        }
    }

    private bool TakePending()
    {
        lock (_lock)
        {
            _sending.Clear();
            (_pending, _sending) = (_sending, _pending);
            return _busy = _sending.Count > 0;
        }
    }

    private async Task PublishAllAsync(OutboxBuffer buffer)
    {
        for (int first = 0, end; first < buffer.Count; first = end)
        {
            end = _target.Plain ? first + 1 : buffer.BatchEnd(first, _context.Options.MaxBatchBytes);
            var outcome = await TryPublishAsync(buffer.Batch(first, end));
            _context.Metrics.BatchPublished(outcome, end - first);
            if (outcome != PublishOutcome.Confirmed)
                GiveBack(buffer, first, end, outcome);
        }
    }

    private async ValueTask<PublishOutcome> TryPublishAsync(MessageBatch batch)
    {
        try
        {
            return await PublishAsync(batch);
        }
        catch (Exception e)
        {
            // The pump must outlive whatever one publish runs into.
            Log.PublishFailed(_context.Logger, e, _target.RoutingKey);
            return PublishOutcome.Failed;
        }
    }

    private ValueTask<PublishOutcome> PublishAsync(MessageBatch batch)
    {
        if (!_target.Plain)
            return _context.Bus.PublishAsync(_target.RoutingKey, new DeliverToServer(_context.ServerId, batch), CancellationToken.None);

        var reader = batch.GetEnumerator();
        reader.MoveNext();
        return _context.Bus.PublishPlainAsync(_target.RoutingKey, reader.Current.Frame, CancellationToken.None);
    }

    private void GiveBack(OutboxBuffer buffer, int first, int end, PublishOutcome outcome)
    {
        var failure = outcome == PublishOutcome.Returned ? OutboxFailure.ServerGone : OutboxFailure.BusDown;
        var entry = first;
        foreach (var message in buffer.Batch(first, end))
        {
            _context.Metrics.MessageUndelivered(failure);
            _context.Undelivered.Take(_target.ServerId, message, buffer.OriginOf(entry++), failure);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2021, LogLevel.Error, "Publishing with the routing key {RoutingKey} failed in an unexpected way")]
        public static partial void PublishFailed(ILogger logger, Exception exception, string routingKey);
    }
}
