namespace MtSockets.Contracts.Events;

/// <summary>A message was put into the inbox of a user who is not connected: time for a push notification.</summary>
/// <param name="From">Who sent it.</param>
/// <param name="To">The user who is not connected.</param>
/// <param name="Seq">The message's number in his inbox.</param>
/// <param name="At">When, by the storing server's clock.</param>
public sealed record MessageStored(string From, string To, long Seq, DateTimeOffset At);
