namespace MtSockets.Edge.Transport;

/// <summary>What the kernel says of a socket: the bits of epoll.</summary>
[Flags]
internal enum Readiness : uint
{
    None = 0,

    /// <summary>There is something to read.</summary>
    Readable = 0x1,

    /// <summary>There is room to write.</summary>
    Writable = 0x4,

    /// <summary>The connection has broken.</summary>
    Error = 0x8,

    /// <summary>Both directions have ended.</summary>
    HangUp = 0x10,

    /// <summary>The client will send nothing more.</summary>
    ReadHangUp = 0x2000,

    /// <summary>Tell of changes, not of states: one registration serves for the life of a socket.</summary>
    EdgeTriggered = 0x8000_0000,
}
