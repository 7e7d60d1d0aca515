using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace MtSockets.Edge.Transport;

/// <summary>The calls of Linux that .NET offers only behind its thread pool.</summary>
internal static partial class NativeMethods
{
    public const int EpollAdd = 1;
    public const int CloseOnExec = 0x80000;

    // Neither waits, and a peer that has gone is an error, not a signal.
    public const int DontWait = 0x40;
    public const int NoSignal = 0x4000;

    // How many files a process may have open.
    public const int OpenFiles = 7;

    public const int Interrupted = 4;
    public const int BadDescriptor = 9;
    public const int TryAgain = 11;

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int EpollControl(int epoll, int operation, SafeSocketHandle socket, ref byte @event);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int EpollWait(int epoll, ref byte events, int capacity, int milliseconds);

    /// <summary>Both numbers: the one that holds, and the one up to which it may be raised.</summary>
    [LibraryImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    public static partial int GetLimit(int resource, ref ulong numbers);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(SafeSocketHandle socket, ref byte buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(SafeSocketHandle socket, ref readonly byte buffer, nint length, int flags);
}
