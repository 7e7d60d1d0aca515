using System.Text;
using System.Text.Json;

namespace MtSockets.Reference.Frames;

/// <summary>Makes <c>{"from":…,"to":…,"body":…}</c> of what one sender wrote; the body is carried as the bytes it came in.</summary>
internal sealed class MessageFrame(string sender)
{
    private readonly byte[] _start = Encoding.UTF8.GetBytes($"{{\"from\":{JsonSerializer.Serialize(sender)},\"to\":\"");

    public bool TryEncode(ReadOnlySpan<byte> received, out ReadOnlySpan<byte> to, out byte[] encoded)
    {
        encoded = [];
        if (!TryParse(received, out to, out var body))
            return false;

        ReadOnlySpan<byte> middle = "\",\"body\":"u8;
        encoded = new byte[_start.Length + to.Length + middle.Length + body.Length + 1];
        _start.CopyTo(encoded, 0);
        var at = _start.Length;
        to.CopyTo(encoded.AsSpan(at));
        at += to.Length;
        middle.CopyTo(encoded.AsSpan(at));
        at += middle.Length;
        body.CopyTo(encoded.AsSpan(at));
        encoded[^1] = (byte)'}';
        return true;
    }

    private static bool TryParse(ReadOnlySpan<byte> received, out ReadOnlySpan<byte> to, out ReadOnlySpan<byte> body)
    {
        to = body = default;
        var reader = new Utf8JsonReader(received);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isTo = reader.ValueTextEquals("to"u8);
                var isBody = reader.ValueTextEquals("body"u8);
                if (!reader.Read())
                    return false;
                var start = (int)reader.TokenStartIndex;
                if (isTo && reader.TokenType == JsonTokenType.String)
                    to = reader.ValueSpan;
                reader.Skip();
                if (isBody)
                    body = received[start..(int)reader.BytesConsumed];
            }
        }
        catch (JsonException)
        {
            return false;
        }

        return !to.IsEmpty && !body.IsEmpty;
    }
}
