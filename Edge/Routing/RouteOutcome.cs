namespace MtSockets.Edge.Routing;

/// <summary>What became of a message that was routed.</summary>
internal enum RouteOutcome
{
    /// <summary>With the connections here, or in the outbox of a server that holds the user.</summary>
    Sent,

    /// <summary>In the inbox.</summary>
    Stored,

    /// <summary>Other servers have it, or it is ephemeral and nobody is there: it was not needed.</summary>
    Dropped,

    /// <summary>Too much waits for the user's server.</summary>
    Overloaded,

    /// <summary>Redis or RabbitMQ cannot be reached.</summary>
    Unavailable,

    /// <summary>The user is on a server that takes only texts.</summary>
    BodyNotText,
}
