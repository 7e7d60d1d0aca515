using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace MtSockets.Edge.Protocol;

/// <summary>The frames with <c>op</c> that clients get.</summary>
internal static class ControlFrames
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static ReadOnlySpan<byte> Pong => "{\"op\":\"pong\"}"u8;

    /// <summary><c>{"op":"error","code":"unavailable","message":"…","retry":true,"id":"c-17","to":"bob"}</c></summary>
    public static byte[] Error(ErrorCode code, string message, string? to = null, string? id = null) => Write("error", writer =>
    {
        writer.WriteString("code"u8, code.Name());
        writer.WriteString("message"u8, message);
        writer.WriteBoolean("retry"u8, code.Retry());
        if (!string.IsNullOrEmpty(id))
            writer.WriteString("id"u8, id);
        if (to is not null)
            writer.WriteString("to"u8, to);
    });

    /// <summary><c>{"op":"ack","id":"c-17","seq":41,"status":"accepted"}</c></summary>
    public static byte[] Ack(string id, long seq) => Write("ack", writer =>
    {
        writer.WriteString("id"u8, id);
        writer.WriteNumber("seq"u8, seq);
        writer.WriteString("status"u8, "accepted"u8);
    });

    /// <summary><c>{"op":"receipt","id":"c-17","to":"bob","status":"delivered"}</c></summary>
    public static byte[] Receipt(string id, string to) => Write("receipt", writer =>
    {
        writer.WriteString("id"u8, id);
        writer.WriteString("to"u8, to);
        writer.WriteString("status"u8, "delivered"u8);
    });

    /// <summary><c>{"op":"drain","after_ms":1200}</c></summary>
    public static byte[] Drain(int afterMs) => Write("drain", writer => writer.WriteNumber("after_ms"u8, afterMs));

    public static byte[] Welcome(Welcome welcome) => Write("welcome", writer =>
    {
        writer.WriteString("connection"u8, welcome.ConnectionId);
        writer.WriteString("user"u8, welcome.UserId);
        writer.WriteString("server"u8, welcome.ServerId);
        if (welcome.LastSeq is { } seq)
            writer.WriteNumber("seq"u8, seq);
        else
            writer.WriteNull("seq"u8);
        writer.WriteBoolean("resumed"u8, welcome.Resumed);
        if (welcome.First is { } first)
            writer.WriteNumber("first"u8, first);
        writer.WriteStartObject("limits"u8);
        writer.WriteNumber("max_frame_bytes"u8, welcome.MaxFrameBytes);
        writer.WriteNumber("send_queue_bytes"u8, welcome.SendQueueBytes);
        writer.WriteNumber("dedup_seconds"u8, welcome.DedupSeconds);
        writer.WriteEndObject();
    });

    private static byte[] Write(string op, Action<Utf8JsonWriter> properties)
    {
        var output = new ArrayBufferWriter<byte>(128);
        using (var writer = new Utf8JsonWriter(output, Relaxed))
        {
            writer.WriteStartObject();
            writer.WriteString("op"u8, op);
            properties(writer);
            writer.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }
}
