using System.Text;
using System.Text.Json;
using MtSockets.Edge.Protocol;

namespace MtSockets.Edge.Delivery;

/// <summary>What travels with a disconnect: <c>{"reason":"…"}</c>, or nothing.</summary>
internal static class DisconnectFrame
{
    // A close frame holds at most 123 bytes of text (RFC 6455, 5.5.1).
    private const int MaxReasonBytes = 100;

    public static byte[] Write(string? reason) =>
        string.IsNullOrWhiteSpace(reason) ? [] : JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { ["reason"] = Cut(reason) });

    public static CloseReason Read(ReadOnlySpan<byte> frame)
    {
        if (frame.IsEmpty)
            return CloseReason.Disconnected;
        var reader = new Utf8JsonReader(frame);
        using var document = JsonDocument.ParseValue(ref reader);
        return document.RootElement.TryGetProperty("reason"u8, out var reason) && reason.GetString() is { } text
            ? CloseReason.Disconnected with { Text = Cut(text) }
            : CloseReason.Disconnected;
    }

    private static string Cut(string text)
    {
        var kept = new StringBuilder();
        var bytes = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > MaxReasonBytes)
                break;
            kept.Append(rune);
        }

        return kept.ToString();
    }
}
