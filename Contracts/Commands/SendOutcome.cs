namespace MtSockets.Contracts.Commands;

/// <summary>What became of a <see cref="SendToUser"/>.</summary>
public enum SendOutcome
{
    /// <summary>The user is connected: the message is with his connections or on its way to the servers that hold them.</summary>
    Sent = 0,

    /// <summary>The user is not connected: the message waits in his inbox.</summary>
    Stored = 1,

    /// <summary>Redis or RabbitMQ cannot be reached now; nothing was sent. Try again later.</summary>
    Unavailable = 2,

    /// <summary>The command itself is wrong; the result says why. Do not try again.</summary>
    Rejected = 3,
}
