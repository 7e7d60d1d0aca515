namespace MtSockets.Infrastructure.Registry;

/// <summary>Where is this user?</summary>
/// <param name="UserId">The user.</param>
/// <param name="Lease">For how long, from before the question on, the asker may go by the answer without asking again. Zero: for this once.</param>
internal readonly record struct RouteQuestion(string UserId, TimeSpan Lease = default);
