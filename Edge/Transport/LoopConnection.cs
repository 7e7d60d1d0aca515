using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace MtSockets.Edge.Transport;

/// <summary>One accepted socket, as Kestrel sees it.</summary>
internal sealed class LoopConnection
    : ConnectionContext, IDuplexPipe, IConnectionIdFeature, IConnectionTransportFeature, IConnectionItemsFeature, IConnectionLifetimeFeature,
        IConnectionEndPointFeature, IInlineFeature, IOutputFeature
{
    private readonly Socket _socket;
    private readonly SafeSocketHandle _handle;
    private readonly SocketLoop _loop;
    private readonly LoopReader _reader;
    private readonly LoopWriter _writer;
    private readonly CancellationTokenSource _closed = new();
    private FeatureList? _features;
    private IDictionary<object, object?>? _items;
    private string? _id;
    private int _hasEnded;
    private int _isDisposed;

    public LoopConnection(Socket socket, SocketLoop loop)
    {
        _socket = socket;
        _handle = socket.SafeHandle;
        _loop = loop;
        _reader = new LoopReader(this);
        _writer = new LoopWriter(this);
        Transport = this;
        ConnectionClosed = _closed.Token;
        LocalEndPoint = socket.LocalEndPoint;
        RemoteEndPoint = socket.RemoteEndPoint;
    }

    /// <summary>By which the loop knows it.</summary>
    public long Key { get; set; }

    /// <summary>What waits here goes on where the socket becomes ready, and not on the thread pool.</summary>
    public bool IsInline { get; private set; }

    public PipeReader Input => _reader;

    public PipeWriter Output => _writer;

    public override IDuplexPipe Transport { get; set; }

    public override string ConnectionId
    {
        get => _id ??= Guid.NewGuid().ToString("N");
        set => _id = value;
    }

    public override IFeatureCollection Features => _features ??= new FeatureList(this);

    public override IDictionary<object, object?> Items
    {
        get => _items ??= new ConnectionItems();
        set => _items = value;
    }

    public override CancellationToken ConnectionClosed { get; set; }

    public override EndPoint? LocalEndPoint { get; set; }

    public override EndPoint? RemoteEndPoint { get; set; }

    bool IOutputFeature.HasEnded => _writer.HasEnded;

    void IInlineFeature.GoInline() => IsInline = true;

    /// <summary>From now on the loop tells of the socket.</summary>
    public void Register() => _loop.Add(this, _handle);

    /// <summary>The loop: something about the socket has changed.</summary>
    public void OnReady(Readiness readiness)
    {
        const Readiness Broken = Readiness.Error | Readiness.HangUp;
        // Nobody need read up to here to know it.
        if ((readiness & Broken) != 0)
            OnEnded();
        if ((readiness & (Readiness.Readable | Readiness.ReadHangUp | Broken)) != 0)
            _reader.OnReadable((readiness & (Readiness.ReadHangUp | Broken)) != 0);
        if ((readiness & (Readiness.Writable | Broken)) != 0)
            _writer.OnWritable();
    }

    /// <summary>What the client has sent; with its error where the count is negative.</summary>
    public (int Count, int Error) Receive(Span<byte> buffer)
    {
        try
        {
            var count = NativeMethods.Receive(_handle, ref MemoryMarshal.GetReference(buffer), buffer.Length, NativeMethods.DontWait);
            return ((int)count, count < 0 ? Marshal.GetLastPInvokeError() : 0);
        }
        catch (ObjectDisposedException)
        {
            return (-1, NativeMethods.BadDescriptor);
        }
    }

    /// <summary>How much of it the kernel took; with its error where the count is negative.</summary>
    public (int Count, int Error) Send(ReadOnlySpan<byte> buffer)
    {
        try
        {
            var count = NativeMethods.Send(
                _handle, in MemoryMarshal.GetReference(buffer), buffer.Length, NativeMethods.DontWait | NativeMethods.NoSignal);
            return ((int)count, count < 0 ? Marshal.GetLastPInvokeError() : 0);
        }
        catch (ObjectDisposedException)
        {
            return (-1, NativeMethods.BadDescriptor);
        }
    }

    /// <summary>The client has gone. Whoever wants to know hears of it on the thread pool.</summary>
    public void OnEnded()
    {
        // Not waited for: a callback of somebody else's that throws is no fault of this connection, and must not end the process.
        if (Interlocked.Exchange(ref _hasEnded, 1) == 0)
            _ = _closed.CancelAsync();
    }

    public override void Abort() => Abort(new ConnectionAbortedException());

    public override void Abort(ConnectionAbortedException abortReason)
    {
        // Hard: what the kernel still has for the client is dropped.
        Close(abortReason, () => _socket.Close(timeout: 0));
    }

    public override ValueTask DisposeAsync()
    {
        Close(new ConnectionAbortedException(), () =>
        {
            _socket.Shutdown(SocketShutdown.Both);
            DropUnread();
            _socket.Dispose();
        });
        return base.DisposeAsync();
    }

    /// <summary>
    /// To close a socket in which something is unread resets it, and then the client may lose the answer that it has not read yet: why its
    /// request was refused, for one.
    /// </summary>
    private void DropUnread()
    {
        const int MostBytes = 1024 * 1024;
        var buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        for (var dropped = 0; dropped < MostBytes;)
        {
            var (count, _) = Receive(buffer);
            if (count <= 0)
                break;
            dropped += count;
        }

        ArrayPool<byte>.Shared.Return(buffer);
    }

    private void Close(ConnectionAbortedException reason, Action close)
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
            return;
        // First: to who reads, a socket that is closed here would look like a client that has said all it had to say.
        _reader.Fail(reason);
        _writer.End();
        try
        {
            close();
        }
        catch (SocketException)
        {
            // It was not connected any more.
            _socket.Dispose();
        }

        _loop.Remove(this);
        OnEnded();
    }
}
