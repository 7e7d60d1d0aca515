using System.Buffers.Binary;

namespace MtSockets.Bench.Load;

/// <summary>The unmasked frames of a server: flags and opcode | length, 7 bits or 126 and 16 bits or 127 and 64 bits | payload.</summary>
internal static class ServerFrame
{
    public const byte FinalText = 0x81;
    public const byte Close = 0x88;
    public const byte Ping = 0x89;
    public const byte PongFrame = 0x8A;

    /// <summary>False until the frame is there whole.</summary>
    public static bool TryRead(ReadOnlySpan<byte> data, out byte opcode, out int header, out int length)
    {
        (opcode, header, length) = (0, 2, 0);
        if (data.Length < 2)
            return false;
        opcode = data[0];
        length = data[1];
        if (length == 126)
        {
            header = 4;
            if (data.Length < header)
                return false;
            length = BinaryPrimitives.ReadUInt16BigEndian(data[2..]);
        }
        else if (length == 127)
        {
            header = 10;
            if (data.Length < header)
                return false;
            length = checked((int)BinaryPrimitives.ReadUInt64BigEndian(data[2..]));
        }

        return data.Length >= header + length;
    }

    /// <summary>The masked answer to a ping; a mask of zero is a mask.</summary>
    public static byte[] Pong(ReadOnlySpan<byte> payload) => [PongFrame, (byte)(0x80 | payload.Length), 0, 0, 0, 0, .. payload];
}
