namespace MtSockets.Edge.Protocol;

/// <summary>What a control frame of a client asks for.</summary>
internal enum ClientOp
{
    /// <summary>No control frame: a message.</summary>
    None,

    /// <summary>An <c>op</c> this server does not know.</summary>
    Unknown,

    /// <summary>This device has everything up to a number.</summary>
    Confirm,

    /// <summary>To be answered by <c>pong</c>.</summary>
    Ping,

    /// <summary>The client's own measurement, to be recorded.</summary>
    Latency,
}
