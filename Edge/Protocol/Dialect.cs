namespace MtSockets.Edge.Protocol;

/// <summary>How a client talks to the server.</summary>
internal enum Dialect
{
    /// <summary>No subprotocol: plain message frames, and an error frame when something is wrong.</summary>
    Plain,

    /// <summary>The subprotocol <c>mtsockets.v1</c>.</summary>
    V1,
}
