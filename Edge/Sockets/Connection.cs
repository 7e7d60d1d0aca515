using MtSockets.Edge.Protocol;
using MtSockets.Edge.Users;
using MtSockets.Infrastructure.Outbox;

namespace MtSockets.Edge.Sockets;

/// <summary>
/// One client's connection, as everybody but its own loop sees it: frames can be given to it and it can be closed, from any
/// thread, before its socket is open as well as after it has gone.
/// </summary>
internal sealed class Connection(string id, string userId, SendQueue queue, InboxSession session, SocketMetrics metrics) : IMessageOrigin
{
    private readonly TaskCompletionSource<CloseReason> _closing = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Id { get; } = id;

    public string UserId { get; } = userId;

    /// <summary>The start of every message frame that comes from this connection.</summary>
    public byte[] FramePrefix { get; } = FrameWriter.Prefix(userId);

    public SendQueue Queue { get; } = queue;

    public InboxSession Session { get; } = session;

    /// <summary>There once the socket is open.</summary>
    public SocketStream? Stream { get; set; }

    /// <summary>Completes when the server wants this connection to end.</summary>
    public Task<CloseReason> Closing => _closing.Task;

    /// <summary>Gives it a message frame. A client that takes too little is closed; nobody else waits for it.</summary>
    public void Deliver(ReadOnlySpan<byte> frame)
    {
        if (Session.TryDeliver(frame))
            metrics.FrameQueued();
        else
            Close(CloseReason.SlowReader);
    }

    /// <summary>Gives it a frame of the server's own, past what waits behind a replay.</summary>
    public void Send(ReadOnlySpan<byte> frame)
    {
        if (!Queue.TryAdd(frame))
            Close(CloseReason.SlowReader);
    }

    public void SendError(ErrorCode code, string message, string? to = null)
    {
        metrics.ErrorSent(code);
        Send(FrameWriter.Error(code, message, to));
    }

    /// <summary>Ends it. Only the first reason counts.</summary>
    public void Close(CloseReason reason) => _closing.TrySetResult(reason);

    void IMessageOrigin.NotSent(string user, OutboxFailure failure)
    {
        if (failure == OutboxFailure.Full)
            SendError(ErrorCode.Overloaded, "Too much waits for the recipient's server.", user);
        else
            SendError(ErrorCode.Unavailable, "The message cannot be sent now.", user);
    }
}
