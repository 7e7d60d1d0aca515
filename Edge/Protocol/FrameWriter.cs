using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace MtSockets.Edge.Protocol;

/// <summary>Writes the frames that clients get.</summary>
internal static class FrameWriter
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The start of every message frame from one user: <c>{"from":"alice","to":"</c>. Made once for each connection.</summary>
    public static byte[] Prefix(string from) => [.. "{\"from\":"u8, .. Quoted(from), .. ",\"to\":"u8];

    /// <summary>Appends <c>{"from":"alice","to":"bob","body":…}</c>: these three keys in this order, nothing else.</summary>
    public static void WriteMessage(IBufferWriter<byte> output, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> to, ReadOnlySpan<byte> body)
    {
        output.Write(prefix);
        WriteText(output, to);
        output.Write(",\"body\":"u8);
        output.Write(body);
        output.Write("}"u8);
    }

    /// <summary>Appends what clients of the subprotocol get beside the frame: <c>{"id":"c-17","type":"chat","at":1790000000000}</c>.</summary>
    public static void WriteExtra(IBufferWriter<byte> output, ReadOnlySpan<byte> id, ReadOnlySpan<byte> type, long at)
    {
        output.Write("{"u8);
        if (!id.IsEmpty)
        {
            output.Write("\"id\":"u8);
            WriteText(output, id);
            output.Write(","u8);
        }

        if (!type.IsEmpty)
        {
            output.Write("\"type\":"u8);
            WriteText(output, type);
            output.Write(","u8);
        }

        output.Write("\"at\":"u8);
        var span = output.GetSpan(20);
        at.TryFormat(span, out var written, provider: CultureInfo.InvariantCulture);
        output.Advance(written);
        output.Write("}"u8);
    }

    public static byte[] Message(string from, string to, ReadOnlySpan<byte> body)
    {
        var output = new ArrayBufferWriter<byte>(body.Length + 64);
        WriteMessage(output, Prefix(from), Encoding.UTF8.GetBytes(to), body);
        return output.WrittenSpan.ToArray();
    }

    private static readonly SearchValues<byte> NeedsEscape = SearchValues.Create([.. Enumerable.Range(0, 32).Select(i => (byte)i), (byte)'"', (byte)'\\']);

    /// <summary>A text that was unescaped when it came in, and nearly always needs no escape now.</summary>
    private static void WriteText(IBufferWriter<byte> output, ReadOnlySpan<byte> text)
    {
        if (text.ContainsAny(NeedsEscape))
        {
            output.Write(Quoted(Encoding.UTF8.GetString(text)));
            return;
        }

        output.Write("\""u8);
        output.Write(text);
        output.Write("\""u8);
    }

    private static byte[] Quoted(string text)
    {
        var output = new ArrayBufferWriter<byte>(text.Length + 16);
        using (var writer = new Utf8JsonWriter(output, Relaxed))
            writer.WriteStringValue(text);
        return output.WrittenSpan.ToArray();
    }
}
