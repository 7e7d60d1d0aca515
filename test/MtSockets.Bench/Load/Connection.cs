using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MtSockets.Bench.Load;

/// <summary>
/// One WebSocket client: upgrade, then frames, parsed where they lie in the loop's buffer. Only the rest of a frame that is not
/// complete yet is copied aside, so an idle connection holds nothing.
/// </summary>
internal abstract class Connection(string userId, FaultLog faults) : IDisposable
{
    private const int BindAddressNoPort = 24;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private byte[] _rest = [];
    private byte[] _unsent = [];
    private int _key;
    private EventLoop? _loop;

    public string UserId => userId;

    public IPEndPoint? Server { get; private set; }

    public bool IsOpen { get; private set; }

    /// <summary>The socket buffer is full; frames that stand before this stay queued until it takes them.</summary>
    public bool IsBlocked => _unsent.Length > 0;

    protected FaultLog Faults => faults;

    protected virtual string? Subprotocol => null;

    public int Descriptor => (int)_socket.Handle;

    /// <summary>Connects (at once on this machine, so without waiting for readiness) and asks for the upgrade.</summary>
    public void Start(EventLoop loop, IPEndPoint server, IPAddress? source)
    {
        (_loop, Server) = (loop, server);
        _socket.NoDelay = true;
        if (source is not null)
        {
            // The port is chosen at connect, by the whole four-tuple: otherwise ports run out at some 28,000 in all.
            _socket.SetRawSocketOption(0, BindAddressNoPort, BitConverter.GetBytes(1));
            _socket.Bind(new IPEndPoint(source, 0));
        }

        _socket.Connect(server);
        _socket.Blocking = false;
        _key = loop.Add(this);
        var protocol = Subprotocol is null ? "" : $"Sec-WebSocket-Protocol: {Subprotocol}\r\n";
        Send(Encoding.ASCII.GetBytes(
            $"GET /ws?user_id={userId} HTTP/1.1\r\nHost: {server}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + $"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{protocol}\r\n"));
    }

    public void Send(ReadOnlySpan<byte> bytes)
    {
        var sent = 0;
        if (_unsent.Length == 0)
        {
            sent = _socket.Send(bytes, SocketFlags.None, out var error);
            if (error is not (SocketError.Success or SocketError.WouldBlock))
            {
                Fail($"send: {error}");
                return;
            }

            if (error == SocketError.WouldBlock)
                sent = 0;
        }

        if (sent < bytes.Length)
        {
            _unsent = [.. _unsent, .. bytes[sent..]];
            _loop!.WatchWrites(this, _key, true);
        }
    }

    public void OnWritable()
    {
        var waiting = _unsent;
        if (waiting.Length == 0)
            return;
        _loop!.WatchWrites(this, _key, false);
        _unsent = [];
        Send(waiting);
        if (!IsBlocked)
            OnUnblocked();
    }

    public void OnReadable(byte[] buffer)
    {
        _rest.CopyTo(buffer, 0);
        var filled = _rest.Length;
        var received = _socket.Receive(buffer.AsSpan(filled), SocketFlags.None, out var error);
        if (error == SocketError.WouldBlock)
            return;
        if (received == 0 || error != SocketError.Success)
        {
            Fail(error == SocketError.Success ? "the server closed the connection" : $"receive: {error}");
            return;
        }

        filled += received;
        OnBatch();
        var consumed = Consume(buffer.AsSpan(0, filled));
        _rest = consumed == filled ? [] : buffer.AsSpan(consumed, filled - consumed).ToArray();
    }

    public void Dispose()
    {
        if (!_socket.SafeHandle.IsClosed && _loop is not null)
            _loop.Remove(this, _key);
        _socket.Dispose();
    }

    protected virtual void OnOpen()
    {
    }

    /// <summary>Before the frames of one read.</summary>
    protected virtual void OnBatch()
    {
    }

    protected virtual void OnUnblocked()
    {
    }

    protected abstract void OnFrame(ReadOnlySpan<byte> payload);

    protected void Unexpected(ReadOnlySpan<byte> payload) =>
        faults.Add("unexpected frame", $"{userId} got {Encoding.UTF8.GetString(payload[..Math.Min(payload.Length, 200)])}");

    private int Consume(ReadOnlySpan<byte> data)
    {
        var consumed = IsOpen ? 0 : ConsumeUpgrade(data);
        while (IsOpen)
        {
            var rest = data[consumed..];
            if (!ServerFrame.TryRead(rest, out var opcode, out var header, out var length))
                break;
            var payload = rest.Slice(header, length);
            if (opcode == ServerFrame.FinalText)
                OnFrame(payload);
            else
                OnControl(opcode, payload);
            consumed += header + length;
        }

        return consumed;
    }

    private int ConsumeUpgrade(ReadOnlySpan<byte> data)
    {
        var end = data.IndexOf("\r\n\r\n"u8);
        if (end < 0)
            return 0;
        if (!data.StartsWith("HTTP/1.1 101 "u8))
        {
            Fail("upgrade refused: " + Encoding.UTF8.GetString(data[..Math.Min(data.Length, 300)]));
            return data.Length;
        }

        IsOpen = true;
        OnOpen();
        return end + 4;
    }

    private void OnControl(byte opcode, ReadOnlySpan<byte> payload)
    {
        switch (opcode)
        {
            case ServerFrame.Ping:
                Send(ServerFrame.Pong(payload));
                break;
            case ServerFrame.PongFrame:
                break;
            case ServerFrame.Close:
                var code = payload.Length >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(payload) : 0;
                Fail($"closed with {code} {Encoding.UTF8.GetString(payload[Math.Min(2, payload.Length)..])}");
                break;
            default:
                Fail($"frame 0x{opcode:x2}, which a server need not send here");
                break;
        }
    }

    private void Fail(string what)
    {
        IsOpen = false;
        faults.Add("connection fault", $"{userId}: {what}");
        Dispose();
    }
}
