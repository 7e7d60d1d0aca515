using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;
using MtSockets.TestKit.Sockets;

namespace MtSockets.Fault.Tests.Clients;

/// <summary>
/// What a client application does: it connects to any server, goes to the next one when its own is lost or silent, resumes
/// after the last message it has, sends again what was not acknowledged, in order, and confirms what it has.
/// </summary>
internal sealed class ReconnectingClient : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private readonly ClientOptions _options;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _sending = new(1);
    private readonly UnackedFrames _unacked = new();
    private readonly Inbound _inbound;
    private readonly Task _running;
    private V1Socket? _socket;
    private TaskCompletionSource? _stuck;
    private int _lastId;

    private ReconnectingClient(ClientOptions options)
    {
        _options = options;
        _inbound = new Inbound(options, Wire, _unacked);
        _running = RunAsync();
    }

    public WireLog Wire { get; } = new();

    /// <summary>The number of the last message it has.</summary>
    public long? LastSeq => _inbound.LastSeq;

    public static ReconnectingClient Start(ClientOptions options) => new(options);

    /// <summary>Starts it and waits until a server has welcomed it.</summary>
    public static async Task<ReconnectingClient> ConnectAsync(ClientOptions options)
    {
        var client = new ReconnectingClient(options);
        await TestKit.Eventually.TrueAsync(() => !client.Wire.Welcomes.IsEmpty, $"{options.User} is welcome");
        return client;
    }

    /// <summary>Sends an acknowledged message, as often as it takes; completes with its number.</summary>
    public async Task<long> SendAsync(string to, object body, bool receipt = false, string? id = null)
    {
        await _sending.WaitAsync(_stop.Token);
        OutgoingFrame frame;
        try
        {
            id ??= $"c-{++_lastId}";
            frame = _unacked.Add(id, JsonSerializer.SerializeToUtf8Bytes(new { to, id, receipt, body }));
            // Behind what has to be sent again nothing new goes out: order is kept.
            if (_socket is { } socket && !_unacked.IsRetryPending)
                await TrySendAsync(socket, frame);
        }
        finally
        {
            _sending.Release();
        }

        return await frame.Acked.WaitAsync(_stop.Token);
    }

    /// <summary>The application hangs: nothing is read until <see cref="ReadAgain"/>.</summary>
    public void StopReading() => _stuck = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void ReadAgain() => Interlocked.Exchange(ref _stuck, null)?.SetResult();

    /// <summary>Cuts the connection; it connects again by itself.</summary>
    public void Abort() => _socket?.Abort();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        ReadAgain();
        await _running;
        _unacked.Fail(new OperationCanceledException("The client was disposed."));
        _stop.Dispose();
        _sending.Dispose();
    }

    private async Task RunAsync()
    {
        await Task.Yield();
        var backoff = _options.Backoff;
        for (var server = 0; !_stop.IsCancellationRequested; server++)
        {
            var welcomes = Wire.Welcomes.Count;
            try
            {
                await ConnectOnceAsync(_options.Servers[server % _options.Servers.Count]);
                backoff = Wire.Welcomes.Count > welcomes ? _options.Backoff : backoff * 2;
                if (backoff > _options.MaxBackoff)
                    backoff = _options.MaxBackoff;
                await Task.Delay(backoff * Random.Shared.NextDouble(), _stop.Token);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task ConnectOnceAsync(Uri server)
    {
        try
        {
            using var socket = await V1Socket.OpenAsync(server, _options.User, _inbound.LastSeq, _options.ReceiveBufferBytes, _stop.Token);
            await RunAsync(socket);
        }
        catch (Exception e) when (e is WebSocketException or IOException or (OperationCanceledException) && !_stop.IsCancellationRequested)
        {
            Wire.Closes.Enqueue(new SocketClose(null, e.Message));
        }
    }

    private async Task RunAsync(V1Socket socket)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        _inbound.Opened();
        await TakeOverAsync(socket);
        var watching = WatchAsync(socket, ended.Token);
        try
        {
            while (true)
            {
                if (_stuck is { } stuck)
                    await stuck.Task;
                if (await socket.ReceiveAsync(_stop.Token) is not { } frame)
                    break;
                _inbound.Take(frame);
                if (_inbound.MustConfirm)
                    await ConfirmAsync(socket);
            }

            Wire.Closes.Enqueue(socket.Close);
        }
        finally
        {
            _socket = null;
            await ended.CancelAsync();
            await watching;
        }
    }

    /// <summary>From here on this is the connection that is sent over, beginning with what was not acknowledged before.</summary>
    private async Task TakeOverAsync(V1Socket socket)
    {
        await _sending.WaitAsync(_stop.Token);
        try
        {
            _socket = socket;
            await SendUnackedAsync(socket);
        }
        finally
        {
            _sending.Release();
        }
    }

    private async Task WatchAsync(V1Socket socket, CancellationToken ended)
    {
        try
        {
            using var timer = new PeriodicTimer(Look);
            while (await timer.WaitForNextTickAsync(ended))
            {
                if (_stuck is not null)
                    continue;
                if (_inbound.Silence > _options.DeadAfter || _unacked.OldestAge > _options.DeadAfter)
                    socket.Abort();
                else if (_unacked.IsRetryDue)
                    await SendAgainAsync(socket, ended);
                else if (_inbound.MustPing)
                    await SendControlAsync(socket, "{\"op\":\"ping\"}"u8.ToArray(), ended);
                else if (_inbound.HasUnconfirmed && _inbound.Silence > Look)
                    await ConfirmAsync(socket);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or IOException or ObjectDisposedException)
        {
            // The reader sees the end too, and says how it was.
        }
    }

    private async Task SendAgainAsync(V1Socket socket, CancellationToken cancellationToken)
    {
        await _sending.WaitAsync(cancellationToken);
        try
        {
            await SendUnackedAsync(socket);
        }
        finally
        {
            _sending.Release();
        }
    }

    private async Task SendUnackedAsync(V1Socket socket)
    {
        _unacked.RetryBegun();
        foreach (var frame in _unacked.InOrder())
        {
            if (!await TrySendAsync(socket, frame))
                return;
        }
    }

    private async Task<bool> TrySendAsync(V1Socket socket, OutgoingFrame frame)
    {
        if (frame.SentAt != 0)
            Wire.FrameResent();
        frame.SentAt = Stopwatch.GetTimestamp();
        try
        {
            await socket.SendAsync(frame.Frame, _stop.Token);
            return true;
        }
        catch (Exception e) when (e is WebSocketException or IOException or ObjectDisposedException
            || (e is OperationCanceledException && !_stop.IsCancellationRequested))
        {
            // The last is how the framework reports a write that failed on a socket which the reading side had given up meanwhile.
            return false;
        }
    }

    private Task ConfirmAsync(V1Socket socket) =>
        SendControlAsync(socket, JsonSerializer.SerializeToUtf8Bytes(new { op = "confirm", seq = _inbound.TakeUnconfirmed() }), _stop.Token);

    private async Task SendControlAsync(V1Socket socket, byte[] frame, CancellationToken cancellationToken)
    {
        await _sending.WaitAsync(cancellationToken);
        try
        {
            await socket.SendAsync(frame, _stop.Token);
        }
        finally
        {
            _sending.Release();
        }
    }
}
