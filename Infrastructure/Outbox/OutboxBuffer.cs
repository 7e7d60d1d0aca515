using System.Buffers;
using System.Runtime.InteropServices;
using MtSockets.Contracts.Bus;

namespace MtSockets.Infrastructure.Outbox;

/// <summary>
/// Messages that wait, already as the JSON in which they leave:
/// <code>,{…},{…},{…},</code>
/// Any run of them becomes a JSON array by turning the comma before it into <c>[</c> and the one behind it into <c>]</c>.
/// </summary>
internal sealed class OutboxBuffer
{
    // What one buffer keeps for the next batches after a burst.
    private const int KeptBytes = 1024 * 1024;

    private readonly List<Entry> _entries = [];
    private ArrayBufferWriter<byte> _bytes = new(4096);

    public int Count => _entries.Count;

    public int Bytes => _bytes.WrittenCount;

    public void Add(in ServerMessage message, IMessageOrigin? origin)
    {
        if (_bytes.WrittenCount == 0)
            _bytes.Write(","u8);
        var start = _bytes.WrittenCount;
        ServerMessageWriter.Write(_bytes, message);
        _entries.Add(new Entry(start, _bytes.WrittenCount - start, origin));
        _bytes.Write(","u8);
    }

    /// <summary>How many entries from <paramref name="first"/> on make a batch of at most <paramref name="maxBytes"/>; at least one.</summary>
    public int BatchEnd(int first, int maxBytes)
    {
        var end = first + 1;
        var start = _entries[first].Start;
        while (end < _entries.Count && _entries[end].Start + _entries[end].Length - start <= maxBytes)
            end++;
        return end;
    }

    /// <summary>The entries from <paramref name="first"/> to before <paramref name="end"/>; good until the next call.</summary>
    public MessageBatch Batch(int first, int end)
    {
        var from = _entries[first].Start - 1;
        var to = _entries[end - 1].Start + _entries[end - 1].Length;
        var memory = MemoryMarshal.AsMemory(_bytes.WrittenMemory)[from..(to + 1)];
        memory.Span[0] = (byte)'[';
        memory.Span[^1] = (byte)']';
        return new MessageBatch(memory);
    }

    public IMessageOrigin? OriginOf(int entry) => _entries[entry].Origin;

    public void Clear()
    {
        _entries.Clear();
        if (_bytes.Capacity > KeptBytes)
            _bytes = new ArrayBufferWriter<byte>(4096);
        else
            _bytes.ResetWrittenCount();
    }

    private readonly record struct Entry(int Start, int Length, IMessageOrigin? Origin);
}
