using System.Net.Sockets;
using System.Text;

namespace MtSockets.TestKit.Sockets;

/// <summary>
/// A WebSocket client that does nothing by itself: it reads when asked, with a tiny receive buffer, answers no ping and no
/// close, and sends whatever bytes it is given. For slow readers, dead peers and broken input.
/// </summary>
public sealed class RawClient : IAsyncDisposable
{
    /// <summary>Small enough that some ten kilobytes unread block a server's write. Linux doubles it and rounds up to about 4.5 KB.</summary>
    private const int ReceiveBufferBytes = 2 * 1024;

    private static readonly TimeSpan DefaultBound = TimeSpan.FromSeconds(10);

    private readonly Socket _socket;
    private readonly NetworkStream _stream;

    private RawClient(Socket socket)
    {
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: false);
    }

    /// <summary>Status line and headers of the answer to the handshake.</summary>
    public string ResponseHead { get; private set; } = "";

    /// <summary>A TCP connection on which nothing has been said yet.</summary>
    public static async Task<RawClient> OpenAsync(Uri baseAddress, CancellationToken cancellationToken = default)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveBufferSize = ReceiveBufferBytes };
        await socket.ConnectAsync(baseAddress.Host, baseAddress.Port, cancellationToken);
        return new RawClient(socket);
    }

    /// <summary>A WebSocket after its handshake.</summary>
    /// <exception cref="HandshakeRefusedException">The server did not upgrade the connection.</exception>
    public static async Task<RawClient> ConnectAsync(
        Uri baseAddress, string user, string? subprotocol = null, string? query = null, CancellationToken cancellationToken = default)
    {
        var client = await OpenAsync(baseAddress, cancellationToken);
        try
        {
            var status = await client.HandshakeAsync(SocketAddress.For(baseAddress, user, query), subprotocol, cancellationToken);
            return status == 101 ? client : throw new HandshakeRefusedException(status);
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    public async Task SendBytesAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default) =>
        await _stream.WriteAsync(bytes, cancellationToken);

    public Task SendFrameAsync(RawFrame frame, bool masked = true, CancellationToken cancellationToken = default) =>
        SendBytesAsync(frame.ToBytes(masked), cancellationToken);

    public Task SendTextAsync(string text, CancellationToken cancellationToken = default) =>
        SendFrameAsync(new RawFrame(RawFrame.Text, true, Encoding.UTF8.GetBytes(text)), cancellationToken: cancellationToken);

    /// <summary>The next frame of any kind, control frames too.</summary>
    /// <exception cref="EndOfStreamException">The server has ended the connection.</exception>
    public async Task<RawFrame> ReceiveFrameAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        var within = timeout ?? DefaultBound;
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(within);
        try
        {
            return await RawFrame.ReadAsync(_stream, bound.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"No frame within {within.TotalSeconds:0.#} s.");
        }
    }

    /// <summary>Reads frames, and throws them away, until the server closes: tells the close code, if there was one before the end.</summary>
    public async Task<SocketClose> WaitForCloseAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        var close = new SocketClose(null, "the connection ended");
        try
        {
            while (true)
            {
                var frame = await ReceiveFrameAsync(timeout, cancellationToken);
                if (frame.Opcode == RawFrame.Close)
                {
                    close = new SocketClose(frame.CloseCode, frame.Payload.Length > 2 ? Encoding.UTF8.GetString(frame.Payload.Span[2..]) : "");
                    return close;
                }
            }
        }
        catch (IOException ended)
        {
            // EndOfStreamException for a clean end, another for a reset.
            return close with { Reason = ended.Message };
        }
    }

    /// <summary>Reads up to the end of the stream: true once the server has let go of the connection.</summary>
    public async Task<bool> WaitForEndAsync(TimeSpan? timeout = null)
    {
        using var bound = new CancellationTokenSource(timeout ?? DefaultBound);
        var buffer = new byte[4 * 1024];
        try
        {
            while (await _stream.ReadAsync(buffer, bound.Token) > 0)
            {
            }

            return true;
        }
        catch (IOException)
        {
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Resets the connection, as a device does that loses its network and comes back.</summary>
    public void Abort()
    {
        _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        _socket.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _socket.Dispose();
    }

    private async Task<int> HandshakeAsync(Uri address, string? subprotocol, CancellationToken cancellationToken)
    {
        var request = new StringBuilder()
            .Append($"GET {address.PathAndQuery} HTTP/1.1\r\nHost: {address.Authority}\r\n")
            .Append("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n")
            .Append($"Sec-WebSocket-Key: {Convert.ToBase64String(Guid.NewGuid().ToByteArray())}\r\n")
            .Append(subprotocol is null ? "" : $"Sec-WebSocket-Protocol: {subprotocol}\r\n")
            .Append("\r\n");
        await SendBytesAsync(Encoding.ASCII.GetBytes(request.ToString()), cancellationToken);

        // Byte by byte, so that not one byte of a frame is taken.
        var head = new StringBuilder();
        var one = new byte[1];
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(DefaultBound);
        while (head.Length < 4 || head.ToString(head.Length - 4, 4) != "\r\n\r\n")
        {
            await _stream.ReadExactlyAsync(one, bound.Token);
            head.Append((char)one[0]);
        }

        ResponseHead = head.ToString();
        return int.Parse(ResponseHead.AsSpan(9, 3), System.Globalization.CultureInfo.InvariantCulture);
    }
}
