using Microsoft.Extensions.Options;
using MtSockets.Edge.Protocol;

namespace MtSockets.Edge.Sockets;

/// <summary>
/// Finds clients that are no longer there. One timer for all connections: each silent one gets a WebSocket ping, and who
/// does not answer is closed. Anything that comes in counts as a sign of life.
/// </summary>
internal sealed class KeepAlive(SocketTable table, IOptions<SocketOptions> options, TimeProvider time) : BackgroundService
{
    // FIN and the opcode 9, no payload (RFC 6455, 5.5.2).
    private static ReadOnlySpan<byte> Ping => [0x89, 0x00];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var interval = TimeSpan.FromMilliseconds(options.Value.PingIntervalMs);
        // Ten looks in an interval: a ping is late by a tenth of it at most.
        var tick = TimeSpan.FromMilliseconds(Math.Max(20, Math.Min(options.Value.PingIntervalMs, options.Value.PingTimeoutMs) / 10.0));

        var patience = (int)Math.Ceiling(options.Value.PingTimeoutMs / tick.TotalMilliseconds);
        using var timer = new PeriodicTimer(tick, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            foreach (var connection in table.Connections)
                Look(connection, interval, patience);
        }
    }

    private void Look(Connection connection, TimeSpan interval, int patience)
    {
        if (connection.Stream is not { } stream)
            return;
        if (stream.PingedAt > stream.LastRead)
        {
            // Counted in looks, not by the clock: after a pause of this process the answer may lie here unread.
            if (++stream.LooksInVain > patience)
                connection.Close(CloseReason.PingTimeout);
        }
        else if (time.GetElapsedTime(stream.LastRead) > interval)
        {
            stream.PingedAt = time.GetTimestamp();
            stream.LooksInVain = 0;
            connection.Queue.TryAddRaw(Ping);
        }
    }
}
