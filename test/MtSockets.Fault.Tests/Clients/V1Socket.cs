using System.Buffers;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text.Json;
using MtSockets.TestKit.Sockets;

namespace MtSockets.Fault.Tests.Clients;

/// <summary>One connection with <c>mtsockets.v1</c>: frames in, frames out, and how it ended.</summary>
internal sealed class V1Socket : IDisposable
{
    private const string Subprotocol = "mtsockets.v1";

    private static readonly TimeSpan ConnectBound = TimeSpan.FromSeconds(3);

    private readonly ArrayBufferWriter<byte> _message = new(4 * 1024);
    private readonly HttpMessageInvoker _invoker;
    private readonly ClientWebSocket _socket = new();

    private V1Socket(int? receiveBufferBytes)
    {
        _socket.Options.AddSubProtocol(Subprotocol);
        _socket.Options.KeepAliveInterval = TimeSpan.Zero;
        _invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = async (context, cancellationToken) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                if (receiveBufferBytes is { } bytes)
                    socket.ReceiveBufferSize = bytes;
                await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
    }

    /// <exception cref="WebSocketException">The server did not take the connection.</exception>
    public static async Task<V1Socket> OpenAsync(
        Uri server, string user, long? lastSeq, int? receiveBufferBytes, CancellationToken cancellationToken)
    {
        var socket = new V1Socket(receiveBufferBytes);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(ConnectBound);
        try
        {
            var resume = lastSeq is { } seq ? $"&last_seq={seq}" : "";
            var address = new Uri($"ws://{server.Authority}/ws?user_id={Uri.EscapeDataString(user)}{resume}");
            await socket._socket.ConnectAsync(address, socket._invoker, bound.Token);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public Task SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken) =>
        _socket.SendAsync(frame, WebSocketMessageType.Text, endOfMessage: true, cancellationToken).AsTask();

    /// <summary>The next frame; null once the server has closed.</summary>
    public async Task<JsonElement?> ReceiveAsync(CancellationToken cancellationToken)
    {
        _message.ResetWrittenCount();
        while (true)
        {
            var part = await _socket.ReceiveAsync(_message.GetMemory(4 * 1024), cancellationToken);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
                return null;
            }

            _message.Advance(part.Count);
            if (part.EndOfMessage)
                return JsonSerializer.Deserialize<JsonElement>(_message.WrittenSpan);
        }
    }

    public SocketClose Close => new((int?)_socket.CloseStatus, _socket.CloseStatusDescription);

    public void Abort() => _socket.Abort();

    public void Dispose()
    {
        _socket.Dispose();
        _invoker.Dispose();
    }
}
