using System.Buffers;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;

namespace MtSockets.TestKit.Sockets;

/// <summary>A WebSocket client for tests. It reads all the time, into an unbounded queue, unless told to <see cref="StopReading"/>.</summary>
public sealed class TestClient : IAsyncDisposable
{
    private static readonly TimeSpan DefaultBound = TimeSpan.FromSeconds(10);

    private readonly ClientWebSocket _socket;
    private readonly Channel<string> _frames = Channel.CreateUnbounded<string>();
    private readonly TaskCompletionSource<SocketClose> _close = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _reading;
    private volatile bool _silent;

    private TestClient(ClientWebSocket socket, string user)
    {
        _socket = socket;
        User = user;
        _reading = ReadAsync();
    }

    public string User { get; }

    /// <summary>The subprotocol that the server chose; null for the plain form.</summary>
    public string? Subprotocol => _socket.SubProtocol;

    /// <param name="baseAddress">Of the server: <c>http://127.0.0.1:5000</c>.</param>
    /// <param name="user">Sent as <c>user_id</c>.</param>
    /// <param name="subprotocol">Offered when given.</param>
    /// <param name="query">More of the query: <c>last_seq=41</c>.</param>
    /// <param name="cancellationToken">Ends the attempt; it is bounded by 10 s anyway.</param>
    /// <exception cref="HandshakeRefusedException">The server did not upgrade the connection.</exception>
    public static async Task<TestClient> ConnectAsync(
        Uri baseAddress, string user, string? subprotocol = null, string? query = null, CancellationToken cancellationToken = default)
    {
        var socket = new ClientWebSocket();
        socket.Options.Proxy = null;
        socket.Options.KeepAliveInterval = TimeSpan.Zero; // only the server's pings cross the wire
        socket.Options.CollectHttpResponseDetails = true;
        if (subprotocol is not null)
        {
            socket.Options.AddSubProtocol(subprotocol);
        }

        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(DefaultBound);
        try
        {
            await socket.ConnectAsync(SocketAddress.For(baseAddress, user, query), bound.Token);
        }
        catch (WebSocketException refused)
        {
            var status = (int)socket.HttpStatusCode;
            socket.Dispose();
            throw new HandshakeRefusedException(status, refused);
        }

        return new TestClient(socket, user);
    }

    /// <summary>Sends <c>{"to":...,"body":...}</c>.</summary>
    public Task SendAsync(string to, object? body, CancellationToken cancellationToken = default) =>
        SendTextAsync(JsonSerializer.Serialize(new { to, body }), cancellationToken);

    public Task SendTextAsync(string frame, CancellationToken cancellationToken = default) =>
        SendAsync(Encoding.UTF8.GetBytes(frame), WebSocketMessageType.Text, cancellationToken);

    public Task SendBinaryAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken = default) =>
        SendAsync(frame, WebSocketMessageType.Binary, cancellationToken);

    /// <summary>The next frame.</summary>
    /// <exception cref="TimeoutException">None came in time (10 s by default).</exception>
    /// <exception cref="InvalidOperationException">The connection has ended; the message tells how.</exception>
    public async Task<string> ReceiveAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        var within = timeout ?? DefaultBound;
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(within);
        try
        {
            return await _frames.Reader.ReadAsync(bound.Token);
        }
        catch (ChannelClosedException)
        {
            throw new InvalidOperationException($"The connection of {User} has ended: {await _close.Task}.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"{User} received no frame within {within.TotalSeconds:0.#} s.");
        }
    }

    /// <summary>The next <paramref name="count"/> frames, each within <paramref name="timeout"/> after the one before.</summary>
    public async Task<IReadOnlyList<string>> ReceiveManyAsync(
        int count, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        var frames = new List<string>(count);
        while (frames.Count < count)
        {
            try
            {
                frames.Add(await ReceiveAsync(timeout, cancellationToken));
            }
            catch (Exception failure) when (failure is TimeoutException or InvalidOperationException)
            {
                throw new InvalidOperationException($"Frame {frames.Count + 1} of {count}: {failure.Message}", failure);
            }
        }

        return frames;
    }

    /// <summary>The next frame as JSON.</summary>
    public async Task<JsonElement> ReceiveJsonAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        JsonSerializer.Deserialize<JsonElement>(await ReceiveAsync(timeout, cancellationToken));

    /// <summary>
    /// Fails when anything is delivered before a marker message, which is sent now. No time passes in vain: the marker is what
    /// tells that something on the same way would have arrived.
    /// </summary>
    /// <param name="markerFrom">
    /// Who sends the marker. Order is guaranteed for each pair of sender and recipient only, so name the client whose message
    /// must not arrive; by default this client sends it to itself, which proves silence of its own server alone.
    /// All devices of this user receive the marker.
    /// </param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task ExpectNothingAsync(TestClient? markerFrom = null, CancellationToken cancellationToken = default)
    {
        var marker = $"marker-{Guid.NewGuid():N}";
        await (markerFrom ?? this).SendAsync(User, marker, cancellationToken);
        var frame = await ReceiveAsync(cancellationToken: cancellationToken);
        if (!frame.Contains(marker, StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"{User} expected nothing and received {frame}");
        }
    }

    /// <summary>Waits until the connection has ended. Frames received before stay readable.</summary>
    public async Task<SocketClose> WaitForCloseAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        var within = timeout ?? DefaultBound;
        try
        {
            return await _close.Task.WaitAsync(within, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"The connection of {User} did not end within {within.TotalSeconds:0.#} s.");
        }
    }

    /// <summary>Reads one frame more at most, then none: the operating system's buffers fill up (megabytes; <see cref="RawClient"/> has small ones).</summary>
    public void StopReading() => _silent = true;

    /// <summary>Says good-bye and waits for the answer.</summary>
    public async Task CloseAsync(WebSocketCloseStatus status = WebSocketCloseStatus.NormalClosure, string? reason = null)
    {
        using var bound = new CancellationTokenSource(DefaultBound);
        await _socket.CloseOutputAsync(status, reason, bound.Token);
        await WaitForCloseAsync();
    }

    /// <summary>Ends the connection without a close frame.</summary>
    public void Abort() => _socket.Abort();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync(); // a cancelled receive aborts the socket
        await _reading;
        _socket.Dispose();
        _sending.Dispose();
        _stop.Dispose();
    }

    private async Task SendAsync(ReadOnlyMemory<byte> frame, WebSocketMessageType type, CancellationToken cancellationToken)
    {
        await _sending.WaitAsync(cancellationToken);
        try
        {
            await _socket.SendAsync(frame, type, endOfMessage: true, cancellationToken);
        }
        finally
        {
            _sending.Release();
        }
    }

    private async Task ReadAsync()
    {
        var message = new ArrayBufferWriter<byte>(4 * 1024);
        try
        {
            while (true)
            {
                if (_silent)
                {
                    await Task.Delay(Timeout.Infinite, _stop.Token);
                }

                var part = await _socket.ReceiveAsync(message.GetMemory(4 * 1024), _stop.Token);
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    await AnswerCloseAsync();
                    return;
                }

                message.Advance(part.Count);
                if (part.EndOfMessage)
                {
                    _frames.Writer.TryWrite(Encoding.UTF8.GetString(message.WrittenSpan));
                    message.ResetWrittenCount();
                }
            }
        }
        catch (Exception broken) when (broken is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            _close.TrySetResult(new SocketClose(null, broken.Message));
        }
        finally
        {
            _frames.Writer.TryComplete();
        }
    }

    private async Task AnswerCloseAsync()
    {
        // The server's close counts, whether or not it still takes our answer.
        _close.TrySetResult(new SocketClose((int?)_socket.CloseStatus, _socket.CloseStatusDescription));
        if (_socket.State == WebSocketState.CloseReceived)
        {
            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, _stop.Token);
        }
    }
}
