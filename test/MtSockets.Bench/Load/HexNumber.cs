using System.Buffers.Binary;

namespace MtSockets.Bench.Load;

/// <summary>Sequence numbers as eight hexadecimal digits, handled as one 64-bit word: comparing two of them is one instruction.</summary>
internal static class HexNumber
{
    public const int Length = 8;

    private static readonly ushort[] Pairs = [.. Enumerable.Range(0, 256).Select(value => (ushort)(Digit(value >> 4) | (Digit(value & 15) << 8)))];

    /// <summary>The digits in the order they are written, the first in the lowest byte.</summary>
    public static ulong Encode(uint value) =>
        Pairs[value >> 24] | ((ulong)Pairs[(value >> 16) & 0xFF] << 16) | ((ulong)Pairs[(value >> 8) & 0xFF] << 32) | ((ulong)Pairs[value & 0xFF] << 48);

    public static bool TryDecode(ReadOnlySpan<byte> digits, out uint value)
    {
        value = 0;
        foreach (var digit in digits[..Length])
        {
            var nibble = digit switch
            {
                >= (byte)'0' and <= (byte)'9' => digit - '0',
                >= (byte)'a' and <= (byte)'f' => digit - 'a' + 10,
                _ => -1,
            };
            if (nibble < 0)
                return false;
            value = (value << 4) | (uint)nibble;
        }

        return true;
    }

    public static ulong Read(ReadOnlySpan<byte> digits) => BinaryPrimitives.ReadUInt64LittleEndian(digits);

    private static int Digit(int nibble) => nibble < 10 ? '0' + nibble : 'a' + nibble - 10;
}
