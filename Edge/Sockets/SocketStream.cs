using System.Buffers;

namespace MtSockets.Edge.Sockets;

/// <summary>
/// Stands between the framework's WebSocket and the connection. Reading takes as much as there is at once into a pooled
/// buffer that exists only while it holds something. Writing goes to the send queue, so that only the connection's one
/// writer ever touches the socket, and a pong or a close frame of the framework never cuts into a frame of ours.
/// </summary>
internal sealed class SocketStream(Stream inner, SendQueue queue, TimeProvider time) : Stream
{
    private const int ReadAhead = 16 * 1024;

    private byte[]? _buffer;
    private int _start;
    private int _end;
    private long _lastRead = time.GetTimestamp();

    /// <summary>The stream of the server underneath, for the writer.</summary>
    public Stream Inner => inner;

    /// <summary>More of what the client sent is here already.</summary>
    public bool HasBuffered => _buffer is not null;

    /// <summary>When the client last sent anything, a pong included; a timestamp of the <see cref="TimeProvider"/>.</summary>
    public long LastRead => Volatile.Read(ref _lastRead);

    /// <summary>When this client was asked for a sign of life; a timestamp. For the one who asks.</summary>
    public long PingedAt { get; set; }

    /// <summary>Looks at this client since it was asked, in vain. For the one who asks.</summary>
    public int LooksInVain { get; set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_buffer is not null)
            return ValueTask.FromResult(TakeBuffered(buffer.Span));
        // A read of nothing waits until there is something, without holding a buffer meanwhile.
        return buffer.IsEmpty ? inner.ReadAsync(buffer, cancellationToken) : FillAsync(buffer, cancellationToken);
    }

    private async ValueTask<int> FillAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var ahead = ArrayPool<byte>.Shared.Rent(ReadAhead);
        var read = 0;
        try
        {
            read = await inner.ReadAsync(ahead, cancellationToken);
        }
        finally
        {
            if (read == 0)
                ArrayPool<byte>.Shared.Return(ahead);
        }

        if (read == 0)
            return 0;
        Volatile.Write(ref _lastRead, time.GetTimestamp());
        (_buffer, _start, _end) = (ahead, 0, read);
        return TakeBuffered(buffer.Span);
    }

    private int TakeBuffered(Span<byte> destination)
    {
        var count = Math.Min(destination.Length, _end - _start);
        _buffer.AsSpan(_start, count).CopyTo(destination);
        _start += count;
        if (_start == _end)
        {
            ArrayPool<byte>.Shared.Return(_buffer!);
            _buffer = null;
        }

        return count;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        queue.TryAddRaw(buffer.Span)
            ? ValueTask.CompletedTask
            : ValueTask.FromException(new IOException("The client does not take its control frames."));

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    // Disposing leaves the stream underneath open: after a fault in the protocol the framework disposes at once, and its close
    // frame still waits in the queue for the writer. The server underneath ends its stream with the request.
}
