namespace MtSockets.Contracts.Events;

/// <summary>The first connection of a user was opened on a server while no other server held him.</summary>
/// <param name="UserId">The user.</param>
/// <param name="ServerId">The server that saw it.</param>
/// <param name="At">When, by that server's clock.</param>
public sealed record UserOnline(string UserId, string ServerId, DateTimeOffset At);
