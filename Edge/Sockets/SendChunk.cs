using System.Buffers;

namespace MtSockets.Edge.Sockets;

/// <summary>What a send queue gives out at once: whole WebSocket frames, one behind the other, in pooled memory.</summary>
/// <param name="Buffer">The pooled array.</param>
/// <param name="Length">How much of it counts.</param>
/// <param name="Seq">The highest sequence number in it, or 0.</param>
internal readonly record struct SendChunk(byte[] Buffer, int Length, long Seq)
{
    public ReadOnlyMemory<byte> Memory => Buffer.AsMemory(0, Length);

    public void Return() => ArrayPool<byte>.Shared.Return(Buffer);
}
