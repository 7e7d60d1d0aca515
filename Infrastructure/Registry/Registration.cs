namespace MtSockets.Infrastructure.Registry;

/// <summary>What a server hears when it enters itself for a user.</summary>
/// <param name="Others">The other servers that hold him.</param>
/// <param name="Leases">
/// Who may still go by an answer from before the entry, the server itself too: only when each has given its lease up, or its time is over,
/// does every message find the new server.
/// </param>
internal readonly record struct Registration(IReadOnlyList<string> Others, IReadOnlyList<RouteLease> Leases);
