using System.Collections.Concurrent;
using MtSockets.Infrastructure.Leases;

namespace MtSockets.Edge.Tests.Fakes;

/// <summary>The leases of the servers of one test, set by hand.</summary>
internal sealed class FakeLeases : IServerLeases
{
    /// <summary>Known servers, and whether each lives.</summary>
    public ConcurrentDictionary<string, bool> Servers { get; } = new(StringComparer.Ordinal);

    /// <summary>Servers of which somebody else has begun the clean-up.</summary>
    public HashSet<string> CleanedByOthers { get; } = new(StringComparer.Ordinal);

    /// <summary>What was begun and ended, in order.</summary>
    public ConcurrentQueue<string> Cleanups { get; } = new();

    public ValueTask<LeaseOutcome> HoldAsync(CancellationToken cancellationToken) => ValueTask.FromResult(LeaseOutcome.Renewed);

    public ValueTask ReleaseAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask<IReadOnlyDictionary<string, bool>> ListAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyDictionary<string, bool>>(new Dictionary<string, bool>(Servers));

    public ValueTask<bool> TryBeginCleanupAsync(string serverId, CancellationToken cancellationToken)
    {
        if (CleanedByOthers.Contains(serverId))
            return ValueTask.FromResult(false);
        Cleanups.Enqueue("begin " + serverId);
        return ValueTask.FromResult(true);
    }

    public ValueTask EndCleanupAsync(string serverId, bool forget, CancellationToken cancellationToken)
    {
        Cleanups.Enqueue((forget ? "forget " : "leave ") + serverId);
        if (forget)
            Servers.TryRemove(serverId, out _);
        return ValueTask.CompletedTask;
    }
}
