using System.ComponentModel.DataAnnotations;

namespace MtSockets.Edge.Sockets;

/// <summary>The limits of one client's connection.</summary>
public sealed record SocketOptions
{
    /// <summary>The section of the configuration: <c>Sockets__MaxFrameBytes</c> in the environment.</summary>
    public const string Section = "Sockets";

    /// <summary>Bytes of the largest frame a client may send; above it the connection is closed with 1009. Default 64 KiB.</summary>
    [Range(256, 16 * 1024 * 1024)]
    public int MaxFrameBytes { get; set; } = 64 * 1024;

    /// <summary>Bytes that may wait for one client; above it the connection is closed with 4000. Default 1 MiB.</summary>
    [Range(64 * 1024, 256 * 1024 * 1024)]
    public int SendQueueBytes { get; set; } = 1024 * 1024;

    /// <summary>Milliseconds of silence after which a client is asked for a sign of life. Default 25000: below the idle time-out of usual proxies.</summary>
    [Range(100, 600_000)]
    public int PingIntervalMs { get; set; } = 25_000;

    /// <summary>Milliseconds a client has to answer a ping; then it is dead. Default 10000.</summary>
    [Range(100, 600_000)]
    public int PingTimeoutMs { get; set; } = 10_000;

    /// <summary>Milliseconds a client has to answer a close frame and to take what waits for it. Default 3000.</summary>
    [Range(100, 60_000)]
    public int CloseTimeoutMs { get; set; } = 3_000;

    /// <summary>Milliseconds a new connection waits for the other servers that hold its user to take note of it. Default 1000.</summary>
    [Range(0, 60_000)]
    public int PeerNoticeTimeoutMs { get; set; } = 1_000;

    /// <summary>
    /// Threads that wait for the clients' sockets and handle what comes. -1: one for each processor. 0: Kestrel's own transport, which
    /// is also what serves where this is not Linux. Default -1.
    /// </summary>
    [Range(-1, 256)]
    public int EventLoops { get; set; } = -1;
}
