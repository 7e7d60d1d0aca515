using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Tasks.Sources;
using Microsoft.AspNetCore.Connections;

namespace MtSockets.Edge.Transport;

/// <summary>
/// What goes to a client. A flush gives the kernel as much as it takes there and then; what it does not take waits for the loop, and who
/// flushed with it. Holds no memory while nothing waits.
/// </summary>
internal sealed class LoopWriter(LoopConnection connection) : PipeWriter, IValueTaskSource<FlushResult>, IThreadPoolWorkItem
{
    private const int FirstBuffer = 4 * 1024;

    private readonly Lock _lock = new();
    private ManualResetValueTaskSourceCore<FlushResult> _waiter;
    private CancellationTokenRegistration _cancellation;
    private FlushResult _result;
    private Exception? _thrown;
    private byte[]? _buffer;
    private int _start;
    private int _end;
    private bool _isWaiting;
    private bool _isWritable;
    private bool _isCancelled;
    private bool _hasEnded;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _end - _start;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _buffer.AsMemory(_end);
    }

    public override Span<byte> GetSpan(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _buffer.AsSpan(_end);
    }

    public override void Advance(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, (_buffer?.Length ?? 0) - _end);
        _end += bytes;
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<FlushResult>(cancellationToken);
        lock (_lock)
        {
            if (_isWaiting)
                throw new InvalidOperationException("A flush is under way already.");
            if (TrySend())
                return ValueTask.FromResult(TakeResult());
            // Within the lock, so that it cannot end this wait before it began.
            if (cancellationToken.CanBeCanceled)
                _cancellation = cancellationToken.UnsafeRegister(static (writer, token) => ((LoopWriter)writer!).Cancel(token), this);
            if (cancellationToken.IsCancellationRequested)
            {
                _cancellation = default;
                return ValueTask.FromCanceled<FlushResult>(cancellationToken);
            }

            _waiter.Reset();
            _isWaiting = true;
            return new ValueTask<FlushResult>(this, _waiter.Version);
        }
    }

    public override void CancelPendingFlush()
    {
        lock (_lock)
        {
            _isCancelled = true;
            if (!_isWaiting)
                return;
            _isWaiting = false;
            _result = TakeResult();
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    public override void Complete(Exception? exception = null)
    {
        if (exception is not null)
        {
            // The client must not take what it has got for the whole.
            connection.Abort(new ConnectionAbortedException(exception.Message, exception));
        }

        // What was written and not flushed goes too, as far as there is room for it.
        lock (_lock)
        {
            if (!_isWaiting)
                TrySend();
        }

        End();
        // Nobody writes into it any more.
        lock (_lock)
            Release();
    }

    /// <summary>The loop: there is room again.</summary>
    public void OnWritable()
    {
        lock (_lock)
        {
            _isWritable = true;
            if (!_isWaiting || !TrySend())
                return;
            _isWaiting = false;
            _result = TakeResult();
        }

        if (connection.IsInline)
            Answer();
        else
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>Nothing can be sent any more.</summary>
    public void End()
    {
        lock (_lock)
        {
            _hasEnded = true;
            // Who does not wait may be writing into the buffer at this moment.
            if (!_isWaiting)
                return;
            _isWaiting = false;
            Release();
            _result = TakeResult();
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute() => Answer();

    private void Cancel(CancellationToken token)
    {
        lock (_lock)
        {
            // It may come late: a token ends only the flush that it came with.
            if (!_isWaiting || _cancellation.Token != token)
                return;
            _isWaiting = false;
            _thrown = new OperationCanceledException(token);
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private void Answer()
    {
        _cancellation.Dispose();
        _cancellation = default;
        var (result, thrown) = (_result, _thrown);
        _thrown = null;
        if (thrown is null)
            _waiter.SetResult(result);
        else
            _waiter.SetException(thrown);
    }

    private FlushResult TakeResult()
    {
        var result = new FlushResult(_isCancelled, _hasEnded);
        _isCancelled = false;
        return result;
    }

    /// <summary>Gives the kernel what it takes; false where something is left for which it has no room, and which is worth waiting for.</summary>
    private bool TrySend()
    {
        while (!_hasEnded && _start < _end)
        {
            var (count, error) = connection.Send(_buffer.AsSpan(_start, _end - _start));
            if (count >= 0)
            {
                _start += count;
            }
            else if (error == NativeMethods.TryAgain)
            {
                // Room that was made between the two is told of only once.
                if (!_isWritable)
                    return _isCancelled;
                _isWritable = false;
            }
            else if (error != NativeMethods.Interrupted)
            {
                // Kestrel takes a result that says so for what it is: the client has gone.
                _hasEnded = true;
                connection.OnEnded();
            }
        }

        Release();
        return true;
    }

    private void MakeRoom(int sizeHint)
    {
        sizeHint = Math.Max(sizeHint, 1);
        if (_buffer is null)
        {
            _buffer = ArrayPool<byte>.Shared.Rent(Math.Max(sizeHint, FirstBuffer));
        }
        else if (_buffer.Length - _end < sizeHint)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, _end + sizeHint));
            _buffer.AsSpan(0, _end).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }
    }

    private void Release()
    {
        if (_buffer is not null)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = null;
        _start = _end = 0;
    }

    FlushResult IValueTaskSource<FlushResult>.GetResult(short token) => _waiter.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<FlushResult>.GetStatus(short token) => _waiter.GetStatus(token);

    void IValueTaskSource<FlushResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _waiter.OnCompleted(continuation, state, token, flags);
}
