using System.Buffers.Binary;
using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace MtSockets.Edge.Transport;

/// <summary>Waits for many sockets at once. A socket that is closed leaves it by itself.</summary>
internal sealed class Epoll
{
    private const int Capacity = 512;

    // struct epoll_event is packed on x64 only.
    private static readonly int KeyOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int Stride = KeyOffset + 8;

    private readonly int _descriptor = Checked(NativeMethods.EpollCreate(NativeMethods.CloseOnExec));
    private readonly byte[] _events = GC.AllocateArray<byte>(Capacity * Stride, pinned: true);

    /// <summary>Tells of this socket from now on under <paramref name="key"/>, of the state it is in now too.</summary>
    public void Add(SafeSocketHandle socket, long key)
    {
        const Readiness All = Readiness.Readable | Readiness.Writable | Readiness.ReadHangUp | Readiness.EdgeTriggered;
        Span<byte> one = stackalloc byte[16];
        BinaryPrimitives.WriteUInt32LittleEndian(one, (uint)All);
        BinaryPrimitives.WriteInt64LittleEndian(one[KeyOffset..], key);
        Checked(NativeMethods.EpollControl(_descriptor, NativeMethods.EpollAdd, socket, ref one[0]));
    }

    /// <summary>Waits until there is something to tell of, and returns of how many sockets.</summary>
    public int Wait()
    {
        var count = NativeMethods.EpollWait(_descriptor, ref _events[0], Capacity, Timeout.Infinite);
        if (count >= 0)
            return count;
        return Marshal.GetLastPInvokeError() == NativeMethods.Interrupted ? 0 : Checked(count);
    }

    /// <summary>What the last wait brought.</summary>
    public (long Key, Readiness Readiness) Event(int index)
    {
        var one = _events.AsSpan(index * Stride, Stride);
        return (BinaryPrimitives.ReadInt64LittleEndian(one[KeyOffset..]), (Readiness)BinaryPrimitives.ReadUInt32LittleEndian(one));
    }

    private static int Checked(int result) => result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError());
}
