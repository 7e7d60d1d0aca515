namespace MtSockets.Contracts.Events;

/// <summary>A connection of a user was closed.</summary>
/// <param name="UserId">The user.</param>
/// <param name="ServerId">The server that held the connection.</param>
/// <param name="ConnectionId">The connection, unique over all servers.</param>
/// <param name="CloseCode">The WebSocket close code; 1006 where the connection went without one.</param>
/// <param name="Reason">The close reason in words.</param>
/// <param name="At">When, by that server's clock.</param>
public sealed record UserDisconnected(
    string UserId, string ServerId, string ConnectionId, int CloseCode, string Reason, DateTimeOffset At);
