using System.Buffers;
using System.Net.WebSockets;
using System.Threading.Channels;
using MtSockets.Reference.Frames;

namespace MtSockets.Reference.Connections;

/// <summary>One socket: a read loop that holds no buffer while idle, and one writer that drains the send queue.</summary>
internal sealed class ReferenceConnection(string userId, WebSocket socket, SocketTable table)
{
    private const int ReceiveBufferSize = 4 * 1024;

    private readonly Channel<byte[]> _queue = Channel.CreateUnbounded<byte[]>(new UnboundedChannelOptions { SingleReader = true });
    private readonly MessageFrame _frame = new(userId);

    public async Task RunAsync(CancellationToken stopping)
    {
        table.Add(userId, this);
        var writing = WriteAsync();
        try
        {
            await ReadAsync(stopping);
        }
        catch (Exception fault) when (fault is WebSocketException or OperationCanceledException or IOException)
        {
            // The client has gone or the server stops: nothing to tell anybody.
        }
        finally
        {
            table.Remove(userId, this);
            _queue.Writer.TryComplete();
            await writing;
        }
    }

    private async Task ReadAsync(CancellationToken stopping)
    {
        byte[]? buffer = null;
        try
        {
            while (true)
            {
                // Zero bytes asked for: while nothing is there to read, no buffer is held.
                var waiting = socket.ReceiveAsync(Memory<byte>.Empty, stopping);
                if (!waiting.IsCompleted && buffer is not null)
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = null;
                }

                await waiting;
                buffer ??= ArrayPool<byte>.Shared.Rent(ReceiveBufferSize);
                if (!await ReadFrameAsync(buffer, stopping))
                    return;
            }
        }
        finally
        {
            if (buffer is not null)
                ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Reads one frame to its end and handles it; false when the connection is over.</summary>
    private async ValueTask<bool> ReadFrameAsync(byte[] buffer, CancellationToken stopping)
    {
        var filled = 0;
        while (true)
        {
            var result = await socket.ReceiveAsync(buffer.AsMemory(filled), stopping);
            if (result.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, stopping);
                return false;
            }

            filled += result.Count;
            if (result.EndOfMessage)
                break;
            if (filled == buffer.Length)
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.MessageTooBig, null, stopping);
                return false;
            }
        }

        Handle(buffer.AsSpan(0, filled));
        return true;
    }

    private void Handle(ReadOnlySpan<byte> received)
    {
        if (!_frame.TryEncode(received, out var to, out var encoded))
            return;
        foreach (var recipient in table.Find(to))
            recipient._queue.Writer.TryWrite(encoded);
    }

    private async Task WriteAsync()
    {
        try
        {
            while (await _queue.Reader.WaitToReadAsync())
            {
                while (_queue.Reader.TryRead(out var frame))
                    await socket.SendAsync(frame, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
            }
        }
        catch (Exception fault) when (fault is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The reader sees the same end and cleans up.
        }
    }
}
