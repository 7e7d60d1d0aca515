namespace MtSockets.TestKit.Sockets;

/// <summary>The server answered a WebSocket handshake with something else than 101.</summary>
public sealed class HandshakeRefusedException(int statusCode, Exception? inner = null)
    : Exception($"The server refused the handshake with status {statusCode}.", inner)
{
    /// <summary>HTTP status; 0 when there was no answer at all.</summary>
    public int StatusCode { get; } = statusCode;
}
