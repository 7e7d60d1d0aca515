namespace MtSockets.TestKit.Sockets;

/// <summary>How a server ended a connection.</summary>
/// <param name="Code">Close code; null when the connection broke without a close frame.</param>
/// <param name="Reason">Close reason, or what broke.</param>
public sealed record SocketClose(int? Code, string? Reason)
{
    public override string ToString() => Code is { } code ? $"close {code} '{Reason}'" : $"no close frame ({Reason})";
}
