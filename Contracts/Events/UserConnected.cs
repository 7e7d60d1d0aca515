namespace MtSockets.Contracts.Events;

/// <summary>A connection of a user was opened.</summary>
/// <param name="UserId">The user.</param>
/// <param name="ServerId">The server that saw it.</param>
/// <param name="ConnectionId">The connection, unique over all servers.</param>
/// <param name="At">When, by that server's clock.</param>
public sealed record UserConnected(string UserId, string ServerId, string ConnectionId, DateTimeOffset At);
