using MtSockets.Edge.Protocol;
using MtSockets.Edge.Routing;
using MtSockets.Edge.Users;
using MtSockets.Infrastructure.Inbox;
using MtSockets.Infrastructure.Outbox;

namespace MtSockets.Edge.Sockets;

/// <summary>
/// One client's connection, as everybody but its own loop sees it: frames can be given to it and it can be closed, from any
/// thread, before its socket is open as well as after it has gone.
/// </summary>
internal sealed partial class Connection : IMessageOrigin, ISessionClient
{
    private readonly TaskCompletionSource<CloseReason> _closing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConnectionContext _context;
    private volatile bool _isWelcomed;

    public Connection(string id, string userId, Dialect dialect, long? lastSeq, ConnectionContext context)
    {
        _context = context;
        Id = id;
        UserId = userId;
        Dialect = dialect;
        FramePrefix = FrameWriter.Prefix(userId);
        Queue = new SendQueue(context.Sockets.SendQueueBytes);
        Session = new InboxSession(userId, lastSeq, this, context.Inbox, context.SessionLimits, context.Time);
    }

    public string Id { get; }

    public string UserId { get; }

    public Dialect Dialect { get; }

    /// <summary>The start of every message frame that comes from this connection.</summary>
    public byte[] FramePrefix { get; }

    public SendQueue Queue { get; }

    public InboxSession Session { get; }

    /// <summary>What its client has to send again first; null where nothing failed. For its reader alone.</summary>
    public RetryOrder? RetryOrder { get; set; }

    /// <summary>There once the socket is open.</summary>
    public SocketStream? Stream { get; set; }

    /// <summary>Completes when the server wants this connection to end.</summary>
    public Task<CloseReason> Closing => _closing.Task;

    /// <summary>
    /// Gives it a message; false where it is ending. A client that takes too little is closed; nobody else waits for it.
    /// </summary>
    public bool TryDeliver(in MessageFrame frame)
    {
        if (_closing.Task.IsCompleted)
            return false;
        if (Session.TryDeliver(frame))
            return true;
        Close(CloseReason.SlowReader);
        return false;
    }

    /// <summary>Gives it a frame of the server's own, past what waits behind the log.</summary>
    public void Send(ReadOnlySpan<byte> frame)
    {
        if (!Queue.TryAdd(frame))
            Close(CloseReason.SlowReader);
    }

    /// <summary>Gives it a control frame, where it knows such and was welcomed: no frame comes before that one.</summary>
    public void SendControl(ReadOnlySpan<byte> frame)
    {
        if (_isWelcomed)
            Send(frame);
    }

    public void SendError(ErrorCode code, string message, string? to = null, string? id = null)
    {
        _context.Metrics.ErrorSent(code);
        Send(ControlFrames.Error(code, message, to, id));
    }

    /// <summary>Ends it. Only the first reason counts.</summary>
    public void Close(CloseReason reason) => _closing.TrySetResult(reason);

    void IMessageOrigin.NotSent(string user, OutboxFailure failure) => RouteReplies.Tell(this, user, RouteReplies.OutcomeOf(failure));

    bool ISessionClient.TryWrite(in MessageFrame frame)
    {
        if (TryWrite(frame))
            return true;
        Close(CloseReason.SlowReader);
        return false;
    }

    async ValueTask ISessionClient.WriteAsync(InboxEntry entry, CancellationToken cancellationToken)
    {
        // One that is larger than the whole queue was stored under other settings: no client could ever take it.
        while (entry.Frame.Length < _context.Sockets.SendQueueBytes / 2 && !TryWrite(new MessageFrame(entry.Frame.Span, entry.Extra.Span, entry.Seq)))
            await Queue.RoomAsync(cancellationToken);
    }

    void ISessionClient.Begin(InboxPage? first)
    {
        if (Dialect != Dialect.V1)
            return;
        Send(ControlFrames.Welcome(new Welcome
        {
            ConnectionId = Id,
            UserId = UserId,
            ServerId = _context.Identity.ServerId,
            LastSeq = first?.LastSeq,
            Resumed = first is { HasHole: false },
            First = first is { HasHole: true } ? first.FirstSeq : null,
            MaxFrameBytes = _context.Sockets.MaxFrameBytes,
            SendQueueBytes = _context.Sockets.SendQueueBytes,
            DedupSeconds = _context.Inboxes.DedupSeconds,
        }));
        _isWelcomed = true;
    }

    bool ISessionClient.OnTrimmed()
    {
        if (Dialect == Dialect.Plain)
            return true;
        // Never a hole in silence: when it comes back, its welcome says where the log begins.
        Close(CloseReason.LogTrimmed);
        return false;
    }

    void ISessionClient.Fail(Exception exception)
    {
        Log.SessionFailed(_context.Logger, exception, Id);
        Close(CloseReason.InternalError);
    }

    private bool TryWrite(in MessageFrame frame)
    {
        // Once one frame found no room, none may follow: the client would see a hole.
        if (_closing.Task.IsCompleted)
            return true;
        // A plain client confirms by its socket having taken the frame; one of the subprotocol confirms itself.
        Span<byte> middle = stackalloc byte[MessageFrame.MaxMiddle];
        var isQueued = Dialect == Dialect.Plain
            ? Queue.TryAdd(frame.Frame, frame.Seq)
            : Queue.TryAdd(frame.Head, frame.WriteMiddle(middle), frame.Tail);
        if (isQueued)
            _context.Metrics.FrameQueued();
        return isQueued;
    }

    private static partial class Log
    {
        [LoggerMessage(1003, LogLevel.Error, "The session of connection {ConnectionId} failed in an unexpected way")]
        public static partial void SessionFailed(ILogger logger, Exception exception, string connectionId);
    }
}
