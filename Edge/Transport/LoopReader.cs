using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace MtSockets.Edge.Transport;

/// <summary>
/// What a client sends. The socket is read when somebody asks, into pooled memory that exists only while it holds something; who asks in vain
/// is answered by the loop.
/// </summary>
internal sealed class LoopReader : PipeReader
{
    private const int BufferSize = 16 * 1024;

    // How often the loop reads for one client before it turns to the next. A client that sends without end would else have the loop for itself,
    // and what was put off to the end of the batch would never be done.
    private const int Turn = 4;

    private readonly Lock _lock = new();
    private readonly LoopConnection _connection;
    private readonly LoopWait<ReadResult> _wait;
    private Exception? _fault;
    private byte[]? _buffer;
    private int _start;
    private int _examined;
    private int _end;
    private int _reads;
    private bool _isReadable;
    private bool _isEnding;
    private bool _isCancelled;
    private bool _hasEnded;

    public LoopReader(LoopConnection connection) => (_connection, _wait) = (connection, new LoopWait<ReadResult>(_lock));

    public override bool TryRead(out ReadResult result)
    {
        lock (_lock)
        {
            if (TryReadLocked(out result))
                return true;
            return _fault is null ? false : throw _fault;
        }
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<ReadResult>(cancellationToken);
        lock (_lock)
        {
            if (_wait.IsPending)
                throw new InvalidOperationException("A read is under way already.");
            var hasHadItsTurn = _reads >= Turn && SocketLoop.IsHere && MustReceive && _isReadable && _fault is null;
            if (!hasHadItsTurn && TryReadLocked(out var result))
                return ValueTask.FromResult(result);
            if (_fault is not null)
                return ValueTask.FromException<ReadResult>(_fault);
            if (hasHadItsTurn)
                ThreadPool.UnsafeQueueUserWorkItem(static reader => reader.GoOn(), this, preferLocal: false);
            return _wait.Begin(cancellationToken);
        }
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        lock (_lock)
        {
            // Of an empty result there is nothing to advance over, even where something has come since.
            if (_buffer is null || consumed.GetObject() != _buffer)
                return;
            var sequence = Unread;
            (_start, _examined) = (_end - (int)sequence.Slice(consumed).Length, _end - (int)sequence.Slice(examined).Length);
            if (_start == _end)
                Release();
        }
    }

    public override void CancelPendingRead()
    {
        lock (_lock)
        {
            _isCancelled = true;
            if (!_wait.IsPending)
                return;
            TryReadLocked(out var result);
            _wait.End(result);
        }

        _wait.Answer(here: false);
    }

    public override void Complete(Exception? exception = null)
    {
        lock (_lock)
        {
            _fault ??= new InvalidOperationException("Reading was completed.");
            Release();
        }
    }

    /// <summary>The loop: there is something to read, or nothing more will come.</summary>
    public void OnReadable(bool isEnding)
    {
        lock (_lock)
        {
            _isReadable = true;
            _isEnding |= isEnding;
            _reads = 0;
            if (!_wait.IsPending && isEnding)
                LookForEnd();
            if (!TryEndWait())
                return;
        }

        _wait.Answer(_connection.IsInline);
    }

    /// <summary>Nothing can be read any more.</summary>
    public void Fail(Exception fault)
    {
        lock (_lock)
        {
            _fault ??= fault;
            if (!_wait.IsPending)
                return;
            _wait.Fail(fault);
        }

        _wait.Answer(here: false);
    }

    /// <summary>The thread pool: for whom the loop has no more time. Where nothing is left, the loop goes on.</summary>
    private void GoOn()
    {
        lock (_lock)
        {
            if (!TryEndWait())
                return;
        }

        _wait.Answer(here: true);
    }

    private bool TryEndWait()
    {
        if (!_wait.IsPending)
            return false;
        if (TryReadLocked(out var result))
            _wait.End(result);
        else if (_fault is not null)
            _wait.Fail(_fault);
        return !_wait.IsPending;
    }

    private ReadOnlySequence<byte> Unread => _buffer is null ? ReadOnlySequence<byte>.Empty : new ReadOnlySequence<byte>(_buffer, _start, _end - _start);

    private bool MustReceive => !_isCancelled && _end == _examined && !_hasEnded;

    private bool TryReadLocked(out ReadResult result)
    {
        if (MustReceive)
        {
            if (_fault is not null || !_isReadable || !TryReceive())
            {
                result = default;
                return false;
            }
        }

        result = new ReadResult(Unread, _isCancelled, _hasEnded);
        _isCancelled = false;
        return true;
    }

    /// <summary>Reads what is there; false where nothing was, or the connection has broken.</summary>
    private bool TryReceive()
    {
        _reads++;
        MakeRoom();
        var room = _buffer!.Length - _end;
        while (true)
        {
            var (count, error) = _connection.Receive(_buffer.AsSpan(_end));
            if (count > 0)
            {
                _end += count;
                // Fewer than there was room for: nothing is left, unless it is the end, of which nobody will tell again.
                _isReadable = count == room || _isEnding;
                return true;
            }

            if (count < 0 && error == NativeMethods.Interrupted)
                continue;
            _isReadable = false;
            if (_end == _start)
                Release();
            if (count < 0 && error == NativeMethods.TryAgain)
                return false;
            _connection.OnEnded();
            if (count == 0)
                return _hasEnded = true;
            _fault = new ConnectionResetException("The connection was reset by the client.");
            return false;
        }
    }

    /// <summary>
    /// Nobody asks, but whoever works for this client wants to know that it has gone. Behind what it has sent before, as far as there is room
    /// without moving what somebody may be looking at.
    /// </summary>
    private void LookForEnd()
    {
        while (_isReadable && !_hasEnded && _fault is null && (_buffer is null || _end < _buffer.Length))
            TryReceive();
    }

    private void MakeRoom()
    {
        if (_buffer is null)
        {
            _buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
            return;
        }

        if (_end < _buffer.Length)
            return;
        var (old, length) = (_buffer, _end - _start);
        if (_start == 0)
            _buffer = ArrayPool<byte>.Shared.Rent(old.Length * 2);
        old.AsSpan(_start, length).CopyTo(_buffer);
        (_start, _examined, _end) = (0, _examined - _start, length);
        if (old != _buffer)
            ArrayPool<byte>.Shared.Return(old);
    }

    private void Release()
    {
        if (_buffer is not null)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = null;
        _start = _examined = _end = 0;
    }
}
