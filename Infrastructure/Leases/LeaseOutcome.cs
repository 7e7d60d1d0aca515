namespace MtSockets.Infrastructure.Leases;

/// <summary>What came of asking for one's own lease.</summary>
internal enum LeaseOutcome
{
    /// <summary>It was ours and goes on.</summary>
    Renewed,

    /// <summary>There was none: it is new. Whatever this server had entered may have been cleaned up meanwhile.</summary>
    Acquired,

    /// <summary>Another run of a server with this id holds it.</summary>
    Taken,

    /// <summary>There was none, but somebody still removes what this server, or an earlier run of it, had entered: ask again.</summary>
    CleaningUp,
}
