using System.Buffers;
using System.Net.WebSockets;
using Microsoft.Extensions.ObjectPool;
using MtSockets.Edge.Protocol;

namespace MtSockets.Edge.Sockets;

/// <summary>Reads one connection's frames until it ends. While there is nothing to read it holds no memory.</summary>
internal sealed class ReceiveLoop(
    Connection connection, WebSocket socket, SocketStream stream, ObjectPool<InboundFrames> pool, SocketOptions options, SocketMetrics metrics)
{
    private const int FirstBuffer = 4096;

    private byte[]? _buffer;
    private InboundFrames? _frames;
    private int _length;

    /// <summary>Ends when the client closed; any other end is an exception of the socket.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            // Waiting here and in no method of its own: that one would cost an object for every read, and for every idle connection.
            while (true)
            {
                // Nothing in hand: wait without a buffer until there is something.
                var receiving = socket.ReceiveAsync(_buffer is null ? Memory<byte>.Empty : _buffer.AsMemory(_length), cancellationToken);
                // Before a fault too: what came whole before it is as good as any.
                if (!receiving.IsCompletedSuccessfully)
                    await RouteAsync(cancellationToken);

                var result = await receiving;
                if (result.MessageType == WebSocketMessageType.Close)
                    break;
                if (TryComplete(result))
                    await HandleAsync(cancellationToken);
            }

            await RouteAsync(cancellationToken);
        }
        finally
        {
            Release();
        }
    }

    /// <summary>Takes what was received; false where the frame has not come to its end, or is too large.</summary>
    private bool TryComplete(ValueWebSocketReceiveResult result)
    {
        if (_buffer is null)
        {
            _buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
            _frames = pool.Get();
        }

        _length += result.Count;
        if (_length > options.MaxFrameBytes)
        {
            Refuse();
            return false;
        }

        if (!result.EndOfMessage && _length == _buffer.Length)
            Grow();
        return result.EndOfMessage;
    }

    private async ValueTask HandleAsync(CancellationToken cancellationToken)
    {
        // A connection that is being closed is read on only to see the client's close frame.
        if (!connection.Closing.IsCompleted)
        {
            metrics.FrameReceived();
            while (!_frames!.TryHandle(connection, _buffer.AsSpan(0, _length)))
                await RouteAsync(cancellationToken);
        }

        _length = 0;
        if (stream.HasBuffered && !_frames!.IsFull)
            return;
        await RouteAsync(cancellationToken);
        if (!stream.HasBuffered)
            Release();
    }

    private ValueTask RouteAsync(CancellationToken cancellationToken) =>
        _frames?.RouteAsync(connection, cancellationToken) ?? ValueTask.CompletedTask;

    private void Refuse()
    {
        connection.Close(CloseReason.TooLarge);
        // What is left of the frame is read into the same place until it ends.
        _length = 0;
    }

    private void Grow()
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Min(_buffer!.Length * 2, options.MaxFrameBytes + 1));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }

    private void Release()
    {
        if (_buffer is null)
            return;
        ArrayPool<byte>.Shared.Return(_buffer);
        pool.Return(_frames!);
        _buffer = null;
        _frames = null;
    }
}
