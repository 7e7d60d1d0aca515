using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace MtSockets.Edge.Protocol;

/// <summary>
/// Reads <c>{"to":"bob","body":…}</c> in one pass, without building objects. Keys are matched case-insensitively, the
/// last one of a name counts, unknown ones are passed over.
/// </summary>
internal static class FrameParser
{
    /// <summary>
    /// How deep a frame may be nested. Well below the 64 that every JSON reader on the way accepts by default, because a
    /// batch wraps the frame into more levels, and one frame too deep would spoil the batch for all others in it.
    /// </summary>
    public const int MaxDepth = 32;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = MaxDepth };

    public static bool TryParse(ReadOnlySpan<byte> utf8, out ClientFrame frame, out FrameFault fault)
    {
        frame = default;
        fault = default;
        // The JSON reader passes over the inside of strings: what is no UTF-8 must not reach a recipient in a text frame.
        if (!Utf8.IsValid(utf8))
        {
            fault = new FrameFault(ErrorCode.BadFrame, "The frame is not valid UTF-8.");
            return false;
        }

        try
        {
            return TryRead(utf8, ref frame, out fault);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: an escaped half of a surrogate pair in a key or in "to".
            fault = new FrameFault(ErrorCode.BadFrame, "The frame is not valid JSON, or nested too deep.");
            return false;
        }
    }

    private static bool TryRead(ReadOnlySpan<byte> utf8, ref ClientFrame frame, out FrameFault fault)
    {
        fault = default;
        var reader = new Utf8JsonReader(utf8, Options);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            fault = new FrameFault(ErrorCode.BadFrame, "The frame must be a JSON object.");
            return false;
        }

        var hasTo = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (IsKey(ref reader, "to"u8))
            {
                hasTo = ReadText(ref reader, out var to);
                frame.To = to;
            }
            else if (IsKey(ref reader, "body"u8))
            {
                frame.Body = ReadValue(ref reader, utf8);
            }
            else if (IsKey(ref reader, "from"u8))
            {
                ReadText(ref reader, out var from);
                frame.From = from;
            }
            else
            {
                reader.Skip();
            }
        }

        // What stands behind the object is an error too: reading on throws.
        while (reader.Read())
        {
        }

        if (!hasTo)
            fault = new FrameFault(ErrorCode.BadRecipient, "\"to\" is required and must be a string.");
        else if (frame.Body.IsEmpty)
            fault = new FrameFault(ErrorCode.BadFrame, "\"body\" is required.");
        else
            return true;
        return false;
    }

    private static bool IsKey(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> key) =>
        reader.ValueIsEscaped
            ? Ascii.EqualsIgnoreCase(key, reader.GetString())
            : Ascii.EqualsIgnoreCase(reader.ValueSpan, key);

    private static bool ReadText(scoped ref Utf8JsonReader reader, out ReadOnlySpan<byte> text)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.String)
        {
            reader.Skip();
            text = default;
            return false;
        }

        text = reader.ValueIsEscaped ? Encoding.UTF8.GetBytes(reader.GetString()!) : reader.ValueSpan;
        return true;
    }

    private static ReadOnlySpan<byte> ReadValue(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> utf8)
    {
        reader.Read();
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return utf8[start..(int)reader.BytesConsumed];
    }
}
