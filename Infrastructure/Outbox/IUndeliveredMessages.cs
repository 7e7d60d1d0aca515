using MtSockets.Contracts.Bus;

namespace MtSockets.Infrastructure.Outbox;

/// <summary>Takes what an outbox could not deliver.</summary>
internal interface IUndeliveredMessages
{
    /// <summary>The message lives only during the call: copy what must stay.</summary>
    void Take(string serverId, in ServerMessage message, IMessageOrigin? origin, OutboxFailure failure);
}
