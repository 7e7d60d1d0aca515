using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MtSockets.Contracts.Bus;

/// <summary>
/// Messages for one server, kept as the JSON array in which they cross the bus, so that a frame is neither decoded nor
/// copied between the connection that sent it and the connection that gets it:
/// <code>
/// [{"user":"bob","frame":{"from":"alice","to":"bob","body":"hello"}},
///  {"kind":"departed","user":"carol"}]
/// </code>
/// Enumerating it parses it; <see cref="JsonException"/> where it is not of this form.
/// </summary>
[JsonConverter(typeof(MessageBatchConverter))]
public sealed class MessageBatch
{
    /// <summary>Wraps a JSON array of the form above. The memory must not change while the batch is in use.</summary>
    public MessageBatch(ReadOnlyMemory<byte> json) => Json = json;

    /// <summary>The JSON array.</summary>
    public ReadOnlyMemory<byte> Json { get; }

    /// <summary>A batch of these messages.</summary>
    public static MessageBatch Of(params ReadOnlySpan<ServerMessage> messages)
    {
        var buffer = new ArrayBufferWriter<byte>();
        buffer.Write("["u8);
        for (var i = 0; i < messages.Length; i++)
        {
            if (i > 0)
                buffer.Write(","u8);
            ServerMessageWriter.Write(buffer, messages[i]);
        }

        buffer.Write("]"u8);
        return new MessageBatch(buffer.WrittenMemory);
    }

    /// <summary>Reads the messages one after the other.</summary>
    public MessageBatchReader GetEnumerator() => new(Json);
}
