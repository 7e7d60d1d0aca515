using System.Buffers;
using System.Buffers.Binary;
using System.Threading.Tasks.Sources;
using MtSockets.Edge.Transport;

namespace MtSockets.Edge.Sockets;

/// <summary>
/// What waits to be written to one connection, already as the bytes that go out:
/// <code>
/// 0x81 length(1, 3 or 9 bytes) payload   one unmasked text frame (RFC 6455, 5.2)
/// </code>
/// Any thread may add; one writer takes everything at once, so that frames that wait together leave in one write. Bounded
/// in bytes. Holds no memory while it is empty.
/// </summary>
internal sealed class SendQueue(int maxBytes) : IValueTaskSource<bool>, IThreadPoolWorkItem
{
    private const int FirstBuffer = 1024;
    private const int MaxHeader = 10;

    private readonly Lock _lock = new();
    private ManualResetValueTaskSourceCore<bool> _waiter;
    private TaskCompletionSource? _room;
    private byte[]? _pending;
    private int _length;
    private int _inFlight;
    private long _seq;
    private bool _waiting;
    private bool _isWakeDue;
    private bool _completed;

    /// <summary>Adds one text frame; false where that would be more than the queue may hold.</summary>
    /// <param name="payload">The frame.</param>
    /// <param name="seq">The number that counts as received once the frame is written; 0 for none.</param>
    public bool TryAdd(ReadOnlySpan<byte> payload, long seq = 0) => TryAdd(payload, default, default, seq);

    /// <summary>Adds one text frame whose payload stands in three places.</summary>
    public bool TryAdd(ReadOnlySpan<byte> head, ReadOnlySpan<byte> middle, ReadOnlySpan<byte> tail, long seq = 0)
    {
        var length = head.Length + middle.Length + tail.Length;
        lock (_lock)
        {
            if (_completed)
                return true; // The connection is ending: nobody is owed the frame any more, and nobody is too slow.
            if (_length + _inFlight + length + MaxHeader > maxBytes)
                return false;

            var span = Reserve(length + MaxHeader);
            var header = WriteHeader(span, length);
            span = span[header..];
            head.CopyTo(span);
            middle.CopyTo(span[head.Length..]);
            tail.CopyTo(span[(head.Length + middle.Length)..]);
            _seq = Math.Max(_seq, seq);
            if (!MustWake(header + length))
                return true;
        }

        Deferred.Run(this);
        return true;
    }

    /// <summary>
    /// Adds bytes that are WebSocket frames already: pings of ours, pongs and close frames of the framework. Small ones pass
    /// even where the queue is full, else a slow reader could not be told why it is closed.
    /// </summary>
    public bool TryAddRaw(ReadOnlySpan<byte> frames)
    {
        const int Reserved = 4096;
        lock (_lock)
        {
            if (_completed)
                return true;
            if (_length + _inFlight + frames.Length > maxBytes + Reserved)
                return false;
            frames.CopyTo(Reserve(frames.Length));
            if (!MustWake(frames.Length))
                return true;
        }

        Deferred.Run(this);
        return true;
    }

    /// <summary>Takes nothing more; what waits is still given out.</summary>
    public void Complete()
    {
        lock (_lock)
        {
            _completed = true;
            if (!MustWake(0))
                return;
        }

        Deferred.Run(this);
    }

    /// <summary>Waits until there is something to take: false when there never will be. For one writer.</summary>
    public ValueTask<bool> WaitAsync()
    {
        lock (_lock)
        {
            if (_length > 0)
                return ValueTask.FromResult(true);
            if (_completed)
                return ValueTask.FromResult(false);
            _waiter.Reset();
            _waiting = true;
            return new ValueTask<bool>(this, _waiter.Version);
        }
    }

    /// <summary>Takes everything that waits. It counts as waiting until <see cref="Written"/>.</summary>
    public bool TryTake(out SendChunk chunk)
    {
        lock (_lock)
        {
            if (_length == 0)
            {
                chunk = default;
                return false;
            }

            chunk = new SendChunk(_pending!, _length, _seq);
            _inFlight = _length;
            _pending = null;
            _length = 0;
            _seq = 0;
            return true;
        }
    }

    /// <summary>The chunk taken last is with the socket, or lost with it.</summary>
    public void Written(in SendChunk chunk)
    {
        TaskCompletionSource? room;
        lock (_lock)
        {
            _inFlight = 0;
            (room, _room) = (_room, null);
        }

        chunk.Return();
        room?.SetResult();
    }

    /// <summary>Completes when the writer has made room: for a replay, which must not drown its own client.</summary>
    public Task RoomAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_length + _inFlight == 0 || _completed)
                return Task.CompletedTask;
            _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _room.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>The writer goes on, where it has not done so already.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        bool hasMore;
        lock (_lock)
        {
            if (!_isWakeDue)
                return;
            _isWakeDue = false;
            hasMore = _length > 0;
        }

        _waiter.SetResult(hasMore);
    }

    /// <summary>Counts what was added, and says whether the writer has to be told.</summary>
    private bool MustWake(int added)
    {
        // Waking it may have been put off, and whoever adds now may add more than there is room for before its end: that would not be the
        // client's fault. A second wake is harmless.
        var hurry = maxBytes / 4;
        if (_isWakeDue && _length <= hurry && _length + added > hurry)
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        _length += added;
        if (!_waiting)
            return false;
        _waiting = false;
        return _isWakeDue = true;
    }

    private Span<byte> Reserve(int count)
    {
        if (_pending is null)
        {
            _pending = ArrayPool<byte>.Shared.Rent(Math.Max(FirstBuffer, count));
        }
        else if (_pending.Length - _length < count)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_pending.Length * 2, _length + count));
            _pending.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_pending);
            _pending = larger;
        }

        return _pending.AsSpan(_length);
    }

    private static int WriteHeader(Span<byte> span, int length)
    {
        const byte FinalText = 0x81;
        span[0] = FinalText;
        switch (length)
        {
            case < 126:
                span[1] = (byte)length;
                return 2;
            case <= ushort.MaxValue:
                span[1] = 126;
                BinaryPrimitives.WriteUInt16BigEndian(span[2..], (ushort)length);
                return 4;
            default:
                span[1] = 127;
                BinaryPrimitives.WriteUInt64BigEndian(span[2..], (ulong)length);
                return 10;
        }
    }

    bool IValueTaskSource<bool>.GetResult(short token) => _waiter.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => _waiter.GetStatus(token);

    void IValueTaskSource<bool>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _waiter.OnCompleted(continuation, state, token, flags);
}
