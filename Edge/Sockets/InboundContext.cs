using MtSockets.Edge.Routing;
using MtSockets.Edge.Users;

namespace MtSockets.Edge.Sockets;

/// <summary>What the handling of a client's frames leads to.</summary>
internal sealed class InboundContext(
    Router router, LogRouter logRouter, Confirmations confirmations, SocketMetrics metrics, EphemeralTypes ephemeral, TimeProvider time)
{
    public Router Router => router;

    public LogRouter LogRouter => logRouter;

    public Confirmations Confirmations => confirmations;

    public SocketMetrics Metrics => metrics;

    public TimeProvider Time => time;

    /// <summary>The time that messages carry: milliseconds since 1970.</summary>
    public long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    public bool IsEphemeral(ReadOnlySpan<byte> type) => ephemeral.Contains(type);
}
