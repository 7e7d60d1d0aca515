using System.Net.Mime;
using System.Runtime.Serialization;
using System.Text.Json;
using MassTransit;
using MassTransit.Serialization;
using MtSockets.Contracts.Bus;

namespace MtSockets.Infrastructure.Bus;

/// <summary>
/// Reads a batch out of MassTransit's envelope in one pass, where the general deserializer would make a document of it
/// twice:
/// <code>
/// {"messageId":…,"messageType":["urn:message:MtSockets.Contracts.Bus:DeliverToServer"],
///  "message":{"origin":"edge-1","messages":[{…},{…}]},"sentTime":…}
/// </code>
/// Only what is delivered is read; everything of the envelope besides is for the eyes of people.
/// </summary>
internal sealed class BatchDeserializer : IMessageDeserializer
{
    private static readonly string[] MessageTypes = [MessageUrn.ForTypeString<DeliverToServer>()];

    public ContentType ContentType => SystemTextJsonMessageSerializer.JsonContentType;

    public ConsumeContext Deserialize(ReceiveContext receiveContext) =>
        new BodyConsumeContext(
            receiveContext, Deserialize(receiveContext.Body, receiveContext.TransportHeaders, receiveContext.InputAddress));

    public SerializerContext Deserialize(MessageBody body, Headers headers, Uri? destinationAddress = null)
    {
        try
        {
            return new SystemTextJsonSerializerContext(
                SystemTextJsonMessageSerializer.Instance,
                SystemTextJsonMessageSerializer.Options,
                ContentType,
                new RawMessageContext(headers, destinationAddress, RawSerializerOptions.AnyMessageType),
                MessageTypes,
                message: Read(body.GetBytes()));
        }
        catch (JsonException e)
        {
            throw new SerializationException("The batch cannot be read: " + e.Message, e);
        }
    }

    public MessageBody GetMessageBody(string text) => new StringMessageBody(text);

    public void Probe(ProbeContext context) => context.CreateScope("batch");

    private static DeliverToServer Read(byte[] envelope)
    {
        var reader = new Utf8JsonReader(envelope);
        Enter(ref reader);
        if (!Find(ref reader, "message"u8))
            throw new JsonException("The envelope has no message.");

        Enter(ref reader);
        string? origin = null;
        MessageBatch? messages = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("origin"u8))
            {
                reader.Read();
                origin = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                reader.Skip();
            }
            else if (reader.ValueTextEquals("messages"u8))
            {
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                messages = new MessageBatch(envelope.AsMemory(start..(int)reader.BytesConsumed));
            }
            else
            {
                reader.Skip();
            }
        }

        return new DeliverToServer(origin ?? "", messages ?? throw new JsonException("The message has no \"messages\"."));
    }

    private static void Enter(ref Utf8JsonReader reader)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("A JSON object is expected.");
    }

    private static bool Find(ref Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals(name))
                return true;
            reader.Skip();
        }

        return false;
    }
}
