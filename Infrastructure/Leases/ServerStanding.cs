namespace MtSockets.Infrastructure.Leases;

/// <summary>What a server id that the registry names stands for.</summary>
internal enum ServerStanding
{
    /// <summary>A MtSockets server with a lease: it gets batches.</summary>
    Live,

    /// <summary>A MtSockets server whose lease has ended: its users are gone.</summary>
    Dead,

    /// <summary>A server that never held a lease: one of the first implementation, which gets the plain form.</summary>
    Foreign,
}
