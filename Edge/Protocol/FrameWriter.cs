using System.Buffers;
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
        if (to.IndexOfAny(NeedsEscape) < 0)
        {
            output.Write("\""u8);
            output.Write(to);
            output.Write("\""u8);
        }
        else
        {
            output.Write(Quoted(Encoding.UTF8.GetString(to)));
        }

        output.Write(",\"body\":"u8);
        output.Write(body);
        output.Write("}"u8);
    }

    public static byte[] Message(string from, string to, ReadOnlySpan<byte> body)
    {
        var output = new ArrayBufferWriter<byte>(body.Length + 64);
        WriteMessage(output, Prefix(from), Encoding.UTF8.GetBytes(to), body);
        return output.WrittenSpan.ToArray();
    }

    /// <summary><c>{"op":"error","code":"unavailable","message":"…","retry":true,"to":"bob"}</c></summary>
    public static byte[] Error(ErrorCode code, string message, string? to = null)
    {
        var output = new ArrayBufferWriter<byte>(128);
        using (var writer = new Utf8JsonWriter(output, Relaxed))
        {
            writer.WriteStartObject();
            writer.WriteString("op"u8, "error"u8);
            writer.WriteString("code"u8, code.Name());
            writer.WriteString("message"u8, message);
            writer.WriteBoolean("retry"u8, code.Retry());
            if (to is not null)
                writer.WriteString("to"u8, to);
            writer.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }

    private static readonly SearchValues<byte> NeedsEscape = SearchValues.Create([.. Enumerable.Range(0, 32).Select(i => (byte)i), (byte)'"', (byte)'\\']);

    private static byte[] Quoted(string text)
    {
        var output = new ArrayBufferWriter<byte>(text.Length + 16);
        using (var writer = new Utf8JsonWriter(output, Relaxed))
            writer.WriteStringValue(text);
        return output.WrittenSpan.ToArray();
    }
}
