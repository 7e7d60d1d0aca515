using System.Buffers.Text;

namespace MtSockets.Bench.Load;

/// <summary>What the load generator needs to know of the frames of <c>mtsockets.v1</c>, found by their text; bodies here hold no quotes.</summary>
internal static class V1Frame
{
    public const string Subprotocol = "mtsockets.v1";

    public static bool IsControl(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> operation)
    {
        var found = After(payload, "\"op\":\""u8);
        return found.StartsWith(operation) && found.Length > operation.Length && found[operation.Length] == '"';
    }

    public static bool TryFindId(ReadOnlySpan<byte> payload, int prefixLength, out uint number)
    {
        number = 0;
        var id = After(payload, "\"id\":\""u8);
        return id.Length >= prefixLength + HexNumber.Length && HexNumber.TryDecode(id[prefixLength..], out number);
    }

    public static bool TryFindBody(ReadOnlySpan<byte> payload, out ReadOnlySpan<byte> body)
    {
        body = After(payload, "\"body\":\""u8);
        return !body.IsEmpty;
    }

    public static bool TryFindSequence(ReadOnlySpan<byte> payload, out long sequence) =>
        Utf8Parser.TryParse(After(payload, "\"seq\":"u8), out sequence, out _);

    /// <summary>A short client frame; a mask of zero is a mask.</summary>
    public static byte[] Masked(ReadOnlySpan<byte> payload) => [ServerFrame.FinalText, (byte)(0x80 | payload.Length), 0, 0, 0, 0, .. payload];

    private static ReadOnlySpan<byte> After(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> key)
    {
        var at = payload.IndexOf(key);
        return at < 0 ? default : payload[(at + key.Length)..];
    }
}
