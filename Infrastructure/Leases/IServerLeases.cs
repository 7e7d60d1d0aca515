namespace MtSockets.Infrastructure.Leases;

/// <summary>Which servers are alive. A server is known from its first lease until it was cleaned up after.</summary>
internal interface IServerLeases
{
    /// <summary>Acquires or renews this server's own lease.</summary>
    ValueTask<LeaseOutcome> HoldAsync(CancellationToken cancellationToken);

    /// <summary>Gives the own lease back and forgets this server.</summary>
    ValueTask ReleaseAsync(CancellationToken cancellationToken);

    /// <summary>All known servers, and whether each holds its lease.</summary>
    ValueTask<IReadOnlyDictionary<string, bool>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Makes this server the only one that may clean up after a dead one; false where it lives or another one is at it.</summary>
    ValueTask<bool> TryBeginCleanupAsync(string serverId, CancellationToken cancellationToken);

    /// <summary>Ends what <see cref="TryBeginCleanupAsync"/> began; the dead server is forgotten where nothing of it is left.</summary>
    ValueTask EndCleanupAsync(string serverId, bool forget, CancellationToken cancellationToken);
}
