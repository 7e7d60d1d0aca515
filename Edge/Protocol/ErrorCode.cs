namespace MtSockets.Edge.Protocol;

/// <summary>What an error frame can say. The table in docs/protocol.md is held against it by a test.</summary>
internal enum ErrorCode
{
    /// <summary>The frame is not a JSON object of the documented form.</summary>
    BadFrame,

    /// <summary>The control frame has an <c>op</c> that this server does not know.</summary>
    UnknownOp,

    /// <summary>The recipient is missing, or is no valid user id.</summary>
    BadRecipient,

    /// <summary>The recipient is on a server that only knows texts, and the body is none.</summary>
    BodyNotText,

    /// <summary>Redis or RabbitMQ cannot be reached; the message was not sent.</summary>
    Unavailable,

    /// <summary>Too much waits already for the recipient's server; the message was not sent.</summary>
    Overloaded,
}
