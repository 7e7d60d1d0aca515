using System.Net.Mime;
using MassTransit;
using MassTransit.Serialization;

namespace MtSockets.Infrastructure.Bus;

/// <summary>Puts a <see cref="PlainFrame"/> on the wire as the bytes it holds.</summary>
internal sealed class PlainFrameSerializer : IMessageSerializer
{
    public static readonly PlainFrameSerializer Instance = new();

    public ContentType ContentType => SystemTextJsonRawMessageSerializer.JsonContentType;

    public MessageBody GetMessageBody<T>(SendContext<T> context)
        where T : class =>
        context.Message is PlainFrame plain
            ? new BytesMessageBody(plain.Frame)
            : throw new NotSupportedException($"{typeof(T)} has no plain form.");
}
