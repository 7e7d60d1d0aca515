namespace MtSockets.Infrastructure.Registry;

/// <summary>A server that may go by an answer of the registry without asking again.</summary>
/// <param name="ServerId">The server.</param>
/// <param name="Left">For how long yet, unless it gives the lease up.</param>
internal readonly record struct RouteLease(string ServerId, TimeSpan Left);
