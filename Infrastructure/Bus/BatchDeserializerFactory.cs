using System.Net.Mime;
using MassTransit;
using MassTransit.Serialization;

namespace MtSockets.Infrastructure.Bus;

/// <summary>Puts <see cref="BatchDeserializer"/> in the place of MassTransit's own for the envelope, on this server's queue only.</summary>
internal sealed class BatchDeserializerFactory : ISerializerFactory
{
    public ContentType ContentType => SystemTextJsonMessageSerializer.JsonContentType;

    public IMessageSerializer CreateSerializer() => SystemTextJsonMessageSerializer.Instance;

    public IMessageDeserializer CreateDeserializer() => new BatchDeserializer();
}
