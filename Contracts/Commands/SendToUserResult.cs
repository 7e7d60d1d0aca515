namespace MtSockets.Contracts.Commands;

/// <summary>The answer to a <see cref="SendToUser"/>.</summary>
/// <param name="Outcome">What became of the message.</param>
/// <param name="Message">Why, where it was not sent.</param>
public sealed record SendToUserResult(SendOutcome Outcome, string? Message = null);
