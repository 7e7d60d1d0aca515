namespace MtSockets.Contracts.Commands;

/// <summary>Closes every connection of a user on every server, with close code 4001 (do not reconnect).</summary>
/// <param name="UserId">The user.</param>
/// <param name="Reason">What his clients are told as the close reason; at most 100 bytes of UTF-8 are kept.</param>
public sealed record DisconnectUser(string UserId, string? Reason = null);
