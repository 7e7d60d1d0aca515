using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace MtSockets.Edge.Transport;

/// <summary>
/// What goes to a client. A flush gives the kernel as much as it takes there and then; what it does not take waits for the loop, and who
/// flushed with it. Holds no memory while nothing waits.
/// </summary>
internal sealed class LoopWriter : PipeWriter
{
    private const int FirstBuffer = 4 * 1024;

    private readonly Lock _lock = new();
    private readonly LoopConnection _connection;
    private readonly LoopWait<FlushResult> _wait;
    private byte[]? _buffer;
    private int _start;
    private int _end;
    private bool _isWritable;
    private bool _isCancelled;
    private volatile bool _hasEnded;

    public LoopWriter(LoopConnection connection) => (_connection, _wait) = (connection, new LoopWait<FlushResult>(_lock));

    /// <summary>Nothing is sent any more.</summary>
    public bool HasEnded => _hasEnded;

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
            if (_wait.IsPending)
                throw new InvalidOperationException("A flush is under way already.");
            if (TrySend())
                return ValueTask.FromResult(TakeResult());
            return _wait.Begin(cancellationToken);
        }
    }

    public override void CancelPendingFlush()
    {
        lock (_lock)
        {
            _isCancelled = true;
            if (!_wait.IsPending)
                return;
            _wait.End(TakeResult());
        }

        _wait.Answer(here: false);
    }

    public override void Complete(Exception? exception = null)
    {
        if (exception is not null)
        {
            // The client must not take what it has got for the whole.
            _connection.Abort(new ConnectionAbortedException(exception.Message, exception));
        }

        // What was written and not flushed goes too, as far as there is room for it.
        lock (_lock)
        {
            if (!_wait.IsPending)
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
            if (!_wait.IsPending || !TrySend())
                return;
            _wait.End(TakeResult());
        }

        _wait.Answer(_connection.IsInline);
    }

    /// <summary>Nothing can be sent any more.</summary>
    public void End()
    {
        lock (_lock)
        {
            _hasEnded = true;
            // Who does not wait may be writing into the buffer at this moment.
            if (!_wait.IsPending)
                return;
            Release();
            _wait.End(TakeResult());
        }

        _wait.Answer(here: false);
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
            var (count, error) = _connection.Send(_buffer.AsSpan(_start, _end - _start));
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
                _connection.OnEnded();
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
}
