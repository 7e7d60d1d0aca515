using System.Buffers.Binary;
using System.Text;

namespace MtSockets.TestKit.Sockets;

/// <summary>A WebSocket frame as it is on the wire (RFC 6455, section 5.2).</summary>
/// <remarks>
/// <code>
/// FIN(1 bit) RSV(3) opcode(4) | MASK(1) length(7) | length, 2 bytes when 126, 8 when 127 | mask(4) when MASK | payload
/// </code>
/// </remarks>
public sealed record RawFrame(byte Opcode, bool IsFinal, ReadOnlyMemory<byte> Payload)
{
    public const byte Continuation = 0x0;
    public const byte Text = 0x1;
    public const byte Binary = 0x2;
    public const byte Close = 0x8;
    public const byte Ping = 0x9;
    public const byte Pong = 0xA;

    private static ReadOnlySpan<byte> Mask => [0x4D, 0x54, 0x53, 0x6F];

    public string PayloadText => Encoding.UTF8.GetString(Payload.Span);

    /// <summary>Of a close frame.</summary>
    public int? CloseCode => Opcode == Close && Payload.Length >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(Payload.Span) : null;

    /// <param name="masked">Clients must mask; a frame that is not masked is a protocol error.</param>
    public byte[] ToBytes(bool masked = true)
    {
        var bytes = new List<byte>(Payload.Length + 14) { (byte)((IsFinal ? 0x80 : 0) | Opcode) };
        var maskBit = masked ? 0x80 : 0;
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(length, Payload.Length);
        switch (Payload.Length)
        {
            case < 126:
                bytes.Add((byte)(maskBit | Payload.Length));
                break;
            case <= ushort.MaxValue:
                bytes.Add((byte)(maskBit | 126));
                bytes.AddRange(length[6..]);
                break;
            default:
                bytes.Add((byte)(maskBit | 127));
                bytes.AddRange(length);
                break;
        }

        if (masked)
        {
            bytes.AddRange(Mask);
        }

        var payload = Payload.Span;
        for (var i = 0; i < payload.Length; i++)
        {
            bytes.Add((byte)(masked ? payload[i] ^ Mask[i % 4] : payload[i]));
        }

        return [.. bytes];
    }

    /// <summary>Reads one frame of a server (servers do not mask).</summary>
    /// <exception cref="EndOfStreamException">The connection has ended.</exception>
    internal static async Task<RawFrame> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var header = new byte[2];
        await stream.ReadExactlyAsync(header, cancellationToken);
        long length = header[1] & 0x7F;
        if (length >= 126)
        {
            var extended = new byte[length == 126 ? 2 : 8];
            await stream.ReadExactlyAsync(extended, cancellationToken);
            length = length == 126 ? BinaryPrimitives.ReadUInt16BigEndian(extended) : BinaryPrimitives.ReadInt64BigEndian(extended);
        }

        var payload = new byte[length];
        await stream.ReadExactlyAsync(payload, cancellationToken);
        return new RawFrame((byte)(header[0] & 0x0F), (header[0] & 0x80) != 0, payload);
    }
}
