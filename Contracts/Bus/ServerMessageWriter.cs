using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace MtSockets.Contracts.Bus;

/// <summary>Writes one entry of a <see cref="MessageBatch"/> as JSON.</summary>
public static class ServerMessageWriter
{
    /// <summary>Appends <paramref name="message"/> to <paramref name="output"/>.</summary>
    public static void Write(IBufferWriter<byte> output, in ServerMessage message)
    {
        output.Write("{"u8);
        if (message.Kind != ServerMessageKind.Deliver)
        {
            output.Write("\"kind\":\""u8);
            output.Write(ServerMessageNames.Kinds[(int)message.Kind]);
            output.Write("\","u8);
        }

        output.Write("\"user\":\""u8);
        WriteEscaped(output, message.User);
        output.Write("\""u8);

        if (message.Hops > 0)
            WriteNumber(output, ",\"hops\":"u8, message.Hops);
        if (message.Seq > 0)
            WriteNumber(output, ",\"seq\":"u8, message.Seq);

        if (message.Share == ServerMessageShare.First)
            output.Write(",\"share\":\"first\""u8);
        else if (message.Share == ServerMessageShare.Copy)
            output.Write(",\"share\":\"copy\""u8);
        if (message.Copies is { Count: > 0 } copies)
            WriteNames(output, ",\"copies\":["u8, copies);

        if (!message.Frame.IsEmpty)
        {
            output.Write(",\"frame\":"u8);
            output.Write(message.Frame.Span);
        }

        if (!message.Extra.IsEmpty)
        {
            output.Write(",\"extra\":"u8);
            output.Write(message.Extra.Span);
        }

        output.Write("}"u8);
    }

    private static void WriteNumber(IBufferWriter<byte> output, ReadOnlySpan<byte> name, long value)
    {
        output.Write(name);
        var span = output.GetSpan(20);
        value.TryFormat(span, out var written, provider: CultureInfo.InvariantCulture);
        output.Advance(written);
    }

    private static void WriteNames(IBufferWriter<byte> output, ReadOnlySpan<byte> name, IReadOnlyList<string> values)
    {
        output.Write(name);
        for (var i = 0; i < values.Count; i++)
        {
            output.Write(i == 0 ? "\""u8 : ",\""u8);
            WriteEscaped(output, values[i]);
            output.Write("\""u8);
        }

        output.Write("]"u8);
    }

    private static void WriteEscaped(IBufferWriter<byte> output, string text)
    {
        if (IsPlain(text))
        {
            var span = output.GetSpan(text.Length);
            output.Advance(Encoding.ASCII.GetBytes(text, span));
            return;
        }

        output.Write(JsonEncodedText.Encode(text).EncodedUtf8Bytes);
    }

    /// <summary>Nothing in it needs an escape in JSON: the case of nearly every user id.</summary>
    private static bool IsPlain(string text) => !text.AsSpan().ContainsAnyExcept(PlainCharacters);

    private static readonly SearchValues<char> PlainCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:@/ ");
}
