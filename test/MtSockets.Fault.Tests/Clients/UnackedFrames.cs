using System.Diagnostics;

namespace MtSockets.Fault.Tests.Clients;

/// <summary>What a client has sent, or wants to send, and was not acknowledged; in order.</summary>
internal sealed class UnackedFrames
{
    private readonly Lock _lock = new();
    private readonly List<OutgoingFrame> _frames = [];
    private long? _retryAt;

    public OutgoingFrame Add(string id, byte[] bytes)
    {
        var frame = new OutgoingFrame(id, bytes);
        lock (_lock)
            _frames.Add(frame);
        return frame;
    }

    public IReadOnlyList<OutgoingFrame> InOrder()
    {
        lock (_lock)
            return [.. _frames];
    }

    public void Ack(string id, long seq)
    {
        lock (_lock)
        {
            if (_frames.Find(frame => frame.Id == id) is not { } frame)
                return;
            _frames.Remove(frame);
            frame.Ack(seq);
        }
    }

    /// <summary>The server asks to try again later.</summary>
    public void Retry(TimeSpan after)
    {
        lock (_lock)
            _retryAt ??= Stopwatch.GetTimestamp() + (long)(after.TotalSeconds * Stopwatch.Frequency);
    }

    public void RetryBegun()
    {
        lock (_lock)
            _retryAt = null;
    }

    public bool IsRetryPending
    {
        get
        {
            lock (_lock)
                return _retryAt is not null;
        }
    }

    public bool IsRetryDue
    {
        get
        {
            lock (_lock)
                return _retryAt <= Stopwatch.GetTimestamp();
        }
    }

    /// <summary>How long the first of them has been under way.</summary>
    public TimeSpan OldestAge
    {
        get
        {
            lock (_lock)
                return _frames is [{ SentAt: > 0 } first, ..] ? Stopwatch.GetElapsedTime(first.SentAt) : TimeSpan.Zero;
        }
    }

    public void Fail(Exception exception)
    {
        foreach (var frame in InOrder())
            frame.Fail(exception);
    }
}
