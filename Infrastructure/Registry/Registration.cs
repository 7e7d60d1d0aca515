namespace MtSockets.Infrastructure.Registry;

/// <summary>What a server hears when it enters itself for a user.</summary>
/// <param name="Others">The other servers that hold him.</param>
/// <param name="RoutesLeasedFor">
/// For how long others may still go by an answer from before the entry: only after that every message finds the new server.
/// </param>
internal readonly record struct Registration(IReadOnlyList<string> Others, TimeSpan RoutesLeasedFor);
