using System.Collections.Concurrent;
using MtSockets.TestKit.Sockets;

namespace MtSockets.Fault.Tests.Clients;

/// <summary>What a client has seen on the wire, beside the messages themselves.</summary>
internal sealed class WireLog
{
    private long _received;
    private long _duplicates;
    private long _resent;

    public ConcurrentQueue<Welcomed> Welcomes { get; } = new();

    public ConcurrentQueue<SocketClose> Closes { get; } = new();

    public ConcurrentQueue<string> Receipts { get; } = new();

    public ConcurrentQueue<string> Errors { get; } = new();

    /// <summary>Numbers between which one was missing. There must be none.</summary>
    public ConcurrentQueue<(long Last, long Next)> Gaps { get; } = new();

    /// <summary>The <c>after_ms</c> of each <c>drain</c>.</summary>
    public ConcurrentQueue<int> Drains { get; } = new();

    /// <summary>Message frames, repeated ones included.</summary>
    public long Received => Interlocked.Read(ref _received);

    /// <summary>Message frames with a number that had come before.</summary>
    public long Duplicates => Interlocked.Read(ref _duplicates);

    /// <summary>Frames that were sent more than once.</summary>
    public long Resent => Interlocked.Read(ref _resent);

    public void FrameReceived() => Interlocked.Increment(ref _received);

    public void FrameRepeated() => Interlocked.Increment(ref _duplicates);

    public void FrameResent() => Interlocked.Increment(ref _resent);
}
