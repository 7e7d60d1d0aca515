namespace MtSockets.Edge.Protocol;

/// <summary>Why the server ends a connection. The table in docs/protocol.md is held against it by a test.</summary>
/// <param name="Code">The WebSocket close code.</param>
/// <param name="Text">The close reason as the client sees it, at most 123 bytes of UTF-8.</param>
/// <param name="Reconnect">Whether the client should connect again by itself.</param>
internal sealed record CloseReason(int Code, string Text, bool Reconnect)
{
    public static readonly CloseReason Normal = new(1000, "closed by the client", false);
    public static readonly CloseReason TooLarge = new(1009, "frame too large", true);
    public static readonly CloseReason InternalError = new(1011, "internal error", true);
    public static readonly CloseReason Restart = new(1012, "server restarts", true);
    public static readonly CloseReason SlowReader = new(4000, "client reads too slowly", true);
    public static readonly CloseReason Disconnected = new(4001, "disconnected by the application", false);
    public static readonly CloseReason PingTimeout = new(4002, "no answer to ping", true);

    public static readonly CloseReason LogTrimmed = new(4003, "messages were dropped before they could be read; resume", true);

    /// <summary>The client went without a close frame; this code is never sent.</summary>
    public static readonly CloseReason Lost = new(1006, "connection lost", true);

    public static IReadOnlyList<CloseReason> All { get; } =
        [Normal, Lost, TooLarge, InternalError, Restart, SlowReader, Disconnected, PingTimeout, LogTrimmed];
}
