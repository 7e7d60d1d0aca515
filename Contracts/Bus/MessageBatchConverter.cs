using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MtSockets.Contracts.Bus;

/// <summary>Lets the JSON array of a <see cref="MessageBatch"/> pass through System.Text.Json as it is.</summary>
public sealed class MessageBatchConverter : JsonConverter<MessageBatch>
{
    /// <inheritdoc/>
    public override MessageBatch Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return new MessageBatch(JsonMarshal.GetRawUtf8Value(document.RootElement).ToArray());
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, MessageBatch value, JsonSerializerOptions options) =>
        // Our own writers made it; checking it again would cost as much as parsing it.
        writer.WriteRawValue(value.Json.Span, skipInputValidation: true);
}
