using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace MtSockets.Edge.Protocol;

/// <summary>
/// Reads a client's frame in one pass, without building objects. Keys are matched case-insensitively, the last one of a
/// name counts, unknown ones are passed over.
/// <code>
/// {"to":"bob","body":…}                                       plain form
/// {"to":"bob","body":…,"id":"c-17","type":"chat","receipt":true}    mtsockets.v1
/// {"op":"confirm","seq":41}
/// </code>
/// </summary>
internal static class FrameParser
{
    /// <summary>
    /// How deep a frame may be nested. Well below the 64 that every JSON reader on the way accepts by default, because a
    /// batch wraps the frame into more levels, and one frame too deep would spoil the batch for all others in it.
    /// </summary>
    public const int MaxDepth = 32;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = MaxDepth };

    public static bool TryParse(ReadOnlySpan<byte> utf8, out ClientFrame frame, out FrameFault fault) =>
        TryParse(utf8, Dialect.Plain, out frame, out fault);

    /// <summary>Where it fails, <paramref name="frame"/> still has the id if it came that far, so that the error can name it.</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, Dialect dialect, out ClientFrame frame, out FrameFault fault)
    {
        frame = default;
        // The JSON reader passes over the inside of strings: what is no UTF-8 must not reach a recipient in a text frame.
        if (!Utf8.IsValid(utf8))
        {
            fault = new FrameFault(ErrorCode.BadFrame, "The frame is not valid UTF-8.");
            return false;
        }

        try
        {
            var complaint = Read(utf8, dialect, ref frame) ?? FrameRules.Check(frame);
            fault = complaint ?? default;
            return complaint is null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: an escaped half of a surrogate pair in a key or in an id.
            fault = new FrameFault(ErrorCode.BadFrame, "The frame is not valid JSON, or nested too deep.");
            return false;
        }
    }

    private static FrameFault? Read(ReadOnlySpan<byte> utf8, Dialect dialect, ref ClientFrame frame)
    {
        var reader = new Utf8JsonReader(utf8, Options);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return new FrameFault(ErrorCode.BadFrame, "The frame must be a JSON object.");

        FrameFault? fault = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (IsKey(ref reader, "to"u8))
                frame.To = ReadText(ref reader);
            else if (IsKey(ref reader, "body"u8))
                frame.Body = ReadValue(ref reader, utf8);
            else if (IsKey(ref reader, "from"u8))
                frame.From = ReadText(ref reader);
            else if (dialect == Dialect.V1)
                ReadExtension(ref reader, ref frame, ref fault);
            else
                reader.Skip();
        }

        // What stands behind the object is an error too: reading on throws.
        while (reader.Read())
        {
        }

        return fault;
    }

    private static void ReadExtension(scoped ref Utf8JsonReader reader, ref ClientFrame frame, scoped ref FrameFault? fault)
    {
        if (IsKey(ref reader, "id"u8))
        {
            frame.Id = ReadText(ref reader);
            if (frame.Id.IsEmpty)
                fault = new FrameFault(ErrorCode.BadFrame, "\"id\" must be a string that is not empty.");
        }
        else if (IsKey(ref reader, "type"u8))
        {
            frame.Type = ReadText(ref reader);
            if (frame.Type.IsEmpty)
                fault = new FrameFault(ErrorCode.BadFrame, "\"type\" must be a string that is not empty.");
        }
        else if (IsKey(ref reader, "op"u8))
        {
            frame.Op = OpOf(ReadText(ref reader));
        }
        else if (IsKey(ref reader, "receipt"u8))
        {
            reader.Read();
            frame.Receipt = reader.TokenType == JsonTokenType.True;
            reader.Skip();
        }
        else if (IsKey(ref reader, "seq"u8))
        {
            reader.Read();
            frame.Seq = reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var seq) ? seq : -1;
            reader.Skip();
        }
        else if (IsKey(ref reader, "ms"u8))
        {
            reader.Read();
            frame.Ms = reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var ms) ? ms : -1;
            reader.Skip();
        }
        else
        {
            reader.Skip();
        }
    }

    private static ClientOp OpOf(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("confirm"u8) ? ClientOp.Confirm
        : name.SequenceEqual("ping"u8) ? ClientOp.Ping
        : name.SequenceEqual("latency"u8) ? ClientOp.Latency
        : ClientOp.Unknown;

    private static bool IsKey(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> key) =>
        reader.ValueIsEscaped
            ? Ascii.EqualsIgnoreCase(key, reader.GetString())
            : Ascii.EqualsIgnoreCase(reader.ValueSpan, key);

    /// <summary>Empty where the value is no string, or an empty one: no text that a frame needs may be empty.</summary>
    private static ReadOnlySpan<byte> ReadText(scoped ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
            return reader.ValueIsEscaped ? Encoding.UTF8.GetBytes(reader.GetString()!) : reader.ValueSpan;
        reader.Skip();
        return default;
    }

    private static ReadOnlySpan<byte> ReadValue(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> utf8)
    {
        reader.Read();
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return utf8[start..(int)reader.BytesConsumed];
    }
}
