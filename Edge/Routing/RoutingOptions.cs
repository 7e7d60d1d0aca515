using System.ComponentModel.DataAnnotations;

namespace MtSockets.Edge.Routing;

/// <summary>How messages find their recipients, and what is done for those whose recipient has moved.</summary>
public sealed record RoutingOptions
{
    /// <summary>The section of the configuration: <c>Routing__MaxHops</c> in the environment.</summary>
    public const string Section = "Routing";

    /// <summary>How often servers pass a message on to where its recipient has moved; then it is stored. Default 3.</summary>
    [Range(1, 100)]
    public int MaxHops { get; set; } = 3;

    /// <summary>Messages that may wait here to be looked up again; above it they are dropped and counted, or their sender gets the error <c>overloaded</c>. Default 10000.</summary>
    [Range(100, 1_000_000)]
    public int MaxStrays { get; set; } = 10_000;

    /// <summary>
    /// For how long a server goes on sending to a user by the route that Redis told it, without asking again. A user who connects meanwhile
    /// is answered when that server has given it up, and waits for its end only where no answer comes: where a server is dead or cannot be reached. It is a bound for
    /// that wait, so it should be shorter than what clients wait for a handshake. 0: Redis is asked for every read. In milliseconds, default 2000.
    /// </summary>
    [Range(0, 10_000)]
    public int RouteLeaseMs { get; set; } = 2000;
}
