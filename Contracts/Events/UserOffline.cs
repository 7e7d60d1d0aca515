namespace MtSockets.Contracts.Events;

/// <summary>The last connection of a user was closed; no server holds him any more.</summary>
/// <param name="UserId">The user.</param>
/// <param name="ServerId">The server that saw it.</param>
/// <param name="At">When, by that server's clock.</param>
public sealed record UserOffline(string UserId, string ServerId, DateTimeOffset At);
