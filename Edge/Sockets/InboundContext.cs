using System.Text;
using Microsoft.Extensions.Options;
using MtSockets.Edge.Routing;
using MtSockets.Edge.Users;

namespace MtSockets.Edge.Sockets;

/// <summary>What the handling of a client's frames leads to.</summary>
internal sealed class InboundContext(
    Router router, LogRouter logRouter, Confirmations confirmations, SocketMetrics metrics, IOptions<MessageOptions> messages, TimeProvider time)
{
    private readonly byte[][] _ephemeral =
        [.. messages.Value.EphemeralTypes.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Encoding.UTF8.GetBytes)];

    public Router Router => router;

    public LogRouter LogRouter => logRouter;

    public Confirmations Confirmations => confirmations;

    public SocketMetrics Metrics => metrics;

    public TimeProvider Time => time;

    /// <summary>The time that messages carry: milliseconds since 1970.</summary>
    public long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    public bool IsEphemeral(ReadOnlySpan<byte> type)
    {
        foreach (var ephemeral in _ephemeral)
        {
            if (type.SequenceEqual(ephemeral))
                return true;
        }

        return false;
    }
}
