using MtSockets.Infrastructure.Outbox;

namespace MtSockets.Edge.Routing;

/// <summary>What the registry answered.</summary>
/// <param name="UserId">The user.</param>
/// <param name="Targets">The other servers that hold him.</param>
/// <param name="Asked">When the question was asked, at the latest: a timestamp.</param>
/// <param name="IsLeased">The question came with a lease.</param>
internal sealed record KnownRoute(string UserId, IReadOnlyList<OutboxTarget> Targets, long Asked, bool IsLeased);
