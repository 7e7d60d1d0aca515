using System.Buffers.Binary;
using System.Text;

namespace MtSockets.Edge.Tests.Fakes;

/// <summary>A WebSocket frame as it stands in a send queue: final, not masked (RFC 6455, 5.2).</summary>
internal sealed record WireFrame(byte Opcode, byte[] Payload)
{
    public string Text => Encoding.UTF8.GetString(Payload);

    /// <summary>Takes bytes apart; fails where they are anything but whole frames.</summary>
    public static IReadOnlyList<WireFrame> ParseAll(ReadOnlySpan<byte> bytes)
    {
        var frames = new List<WireFrame>();
        while (!bytes.IsEmpty)
        {
            Assert.True((bytes[0] & 0x80) != 0, "A frame is not final.");
            var opcode = (byte)(bytes[0] & 0x0F);
            var (header, length) = bytes[1] switch
            {
                126 => (4, (long)BinaryPrimitives.ReadUInt16BigEndian(bytes[2..])),
                127 => (10, BinaryPrimitives.ReadInt64BigEndian(bytes[2..])),
                var small => (2, small),
            };
            frames.Add(new WireFrame(opcode, bytes.Slice(header, (int)length).ToArray()));
            bytes = bytes[(header + (int)length)..];
        }

        return frames;
    }
}
