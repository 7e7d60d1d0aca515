using System.Buffers.Binary;
using System.Text;

namespace MtSockets.Bench.Load;

/// <summary>
/// Ready-made masked client frames of one stream, one behind the other. Sending k of them is writing k sequence numbers
/// (as digits under the mask, which is fixed) and one write to the socket.
/// </summary>
internal sealed class FrameBlock
{
    // fin+text | mask bit + 126 | length, 2 bytes | mask, 4 bytes | payload
    private const int HeaderLength = 8;
    private const uint Mask = 0x5AC3_17E9;

    private readonly byte[] _frames;
    private readonly int _frameLength;
    private readonly (int Offset, ulong Mask)[] _places;

    /// <summary>Every run of eight <see cref="BodyLayout.Place"/> characters in the payload is a place for the sequence number.</summary>
    public FrameBlock(string payload, int frames)
    {
        var bytes = Encoding.UTF8.GetBytes(payload);
        if (bytes.Length is < 126 or > ushort.MaxValue)
            throw new ArgumentOutOfRangeException(nameof(payload), "The header is made for payloads of 126 to 65535 bytes.");

        var frame = new byte[HeaderLength + bytes.Length];
        frame[0] = 0x81;
        frame[1] = 0x80 | 126;
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), (ushort)bytes.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(4), Mask);
        for (var i = 0; i < bytes.Length; i++)
            frame[HeaderLength + i] = (byte)(bytes[i] ^ MaskAt(i));

        _places = [.. Places(payload).Select(at => (HeaderLength + at, MaskOf(at)))];
        _frameLength = frame.Length;
        _frames = GC.AllocateUninitializedArray<byte>(frame.Length * frames, pinned: true);
        for (var i = 0; i < frames; i++)
            frame.CopyTo(_frames, i * frame.Length);
        Capacity = frames;
    }

    public int Capacity { get; }

    /// <summary>The bytes of <paramref name="count"/> frames that carry the numbers from <paramref name="first"/> on.</summary>
    public ReadOnlySpan<byte> Number(uint first, int count)
    {
        var start = 0;
        for (var i = 0; i < count; i++, start += _frameLength)
        {
            var digits = HexNumber.Encode(first + (uint)i);
            foreach (var (offset, mask) in _places)
                BinaryPrimitives.WriteUInt64LittleEndian(_frames.AsSpan(start + offset), digits ^ mask);
        }

        return _frames.AsSpan(0, start);
    }

    private static IEnumerable<int> Places(string payload)
    {
        for (var at = payload.IndexOf(BodyLayout.Place, StringComparison.Ordinal); at >= 0;
             at = payload.IndexOf(BodyLayout.Place, at + BodyLayout.Place.Length, StringComparison.Ordinal))
            yield return at;
    }

    private static byte MaskAt(int payloadOffset) => (byte)(Mask >> (8 * (payloadOffset & 3)));

    private static ulong MaskOf(int payloadOffset)
    {
        ulong mask = 0;
        for (var i = 0; i < HexNumber.Length; i++)
            mask |= (ulong)MaskAt(payloadOffset + i) << (8 * i);
        return mask;
    }
}
