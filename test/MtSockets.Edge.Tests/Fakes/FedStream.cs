using System.Threading.Tasks.Sources;

namespace MtSockets.Edge.Tests.Fakes;

/// <summary>
/// A connection's stream whose reader goes on on the thread that feeds it, before <see cref="Feed"/> returns, and which
/// allocates nothing itself: what the reader allocates can be measured.
/// </summary>
internal sealed class FedStream : Stream, IValueTaskSource<int>
{
    private ManualResetValueTaskSourceCore<int> _reading;
    private ReadOnlyMemory<byte> _fed;
    private Memory<byte> _destination;
    private bool _isAwaited;

    /// <summary>Gives bytes to the reader, which must be waiting for them.</summary>
    public void Feed(ReadOnlyMemory<byte> bytes)
    {
        if (!_isAwaited)
            throw new InvalidOperationException("Nobody reads.");
        _isAwaited = false;
        _fed = bytes;
        _reading.SetResult(Take(_destination));
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!_fed.IsEmpty)
            return ValueTask.FromResult(Take(buffer));
        _reading.Reset();
        _destination = buffer;
        _isAwaited = true;
        return new ValueTask<int>(this, _reading.Version);
    }

    private int Take(Memory<byte> destination)
    {
        var count = Math.Min(destination.Length, _fed.Length);
        _fed[..count].CopyTo(destination);
        _fed = _fed[count..];
        return count;
    }

    int IValueTaskSource<int>.GetResult(short token) => _reading.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _reading.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _reading.OnCompleted(continuation, state, token, flags);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Flush() => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
