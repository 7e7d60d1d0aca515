using System.Buffers.Binary;
using System.ComponentModel;
using System.Runtime.InteropServices;

namespace MtSockets.Bench.Linux;

/// <summary>
/// Readiness of many sockets on one thread. .NET's own async sockets would cost a thread pool hop for each event,
/// and a load generator must cost less than what it measures.
/// </summary>
internal sealed class Epoll : IDisposable
{
    private const int Capacity = 512;
    private const int Interrupted = 4;

    // struct epoll_event is packed on x64 only.
    private static readonly int KeyOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int Stride = KeyOffset + 8;

    private readonly int _descriptor = Checked(NativeMethods.EpollCreate(0));
    private readonly byte[] _events = GC.AllocateArray<byte>(Capacity * Stride, pinned: true);

    public void Add(int descriptor, int key) => Control(NativeMethods.EpollAdd, descriptor, key, NativeMethods.EpollIn);

    public void WatchWrites(int descriptor, int key, bool watch) =>
        Control(NativeMethods.EpollModify, descriptor, key, watch ? NativeMethods.EpollIn | NativeMethods.EpollOut : NativeMethods.EpollIn);

    public void Remove(int descriptor) => Control(NativeMethods.EpollDelete, descriptor, 0, 0);

    public int Wait(int milliseconds)
    {
        var count = NativeMethods.EpollWait(_descriptor, ref _events[0], Capacity, milliseconds);
        if (count >= 0)
            return count;
        return Marshal.GetLastPInvokeError() == Interrupted ? 0 : Checked(count);
    }

    public (int Key, bool CanWrite) Event(int index)
    {
        var one = _events.AsSpan(index * Stride, Stride);
        return (BinaryPrimitives.ReadInt32LittleEndian(one[KeyOffset..]), (one[0] & NativeMethods.EpollOut) != 0);
    }

    public void Dispose() => _ = NativeMethods.Close(_descriptor);

    public static int Checked(int result) => result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError());

    private void Control(int operation, int descriptor, int key, uint interest)
    {
        Span<byte> one = stackalloc byte[16];
        BinaryPrimitives.WriteUInt32LittleEndian(one, interest);
        BinaryPrimitives.WriteInt64LittleEndian(one[KeyOffset..], key);
        Checked(NativeMethods.EpollControl(_descriptor, operation, descriptor, ref one[0]));
    }
}
