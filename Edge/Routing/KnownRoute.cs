using MtSockets.Infrastructure.Outbox;

namespace MtSockets.Edge.Routing;

/// <summary>What the registry answered, or the mark of a lease that was ended.</summary>
/// <param name="UserId">The user.</param>
/// <param name="Targets">The other servers that hold him. A mark has none, and what has none is not kept otherwise.</param>
/// <param name="Asked">A timestamp: not later than the question; of a mark, when the lease was ended.</param>
/// <param name="IsLeased">The question came with a lease.</param>
internal sealed record KnownRoute(string UserId, IReadOnlyList<OutboxTarget> Targets, long Asked, bool IsLeased)
{
    /// <summary>No route at all: what was asked up to then is no longer to be gone by.</summary>
    public bool IsEnd => Targets.Count == 0;

    public static KnownRoute End(string userId, long at) => new(userId, [], at, IsLeased: false);
}
