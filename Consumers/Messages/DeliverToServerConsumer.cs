using MassTransit;
using MtSockets.Contracts.Bus;

namespace MtSockets.Consumers.Messages;

/// <summary>
/// Takes what comes on this server's own queue: batches, and messages in the plain form, which the raw JSON
/// deserializer presents as a batch without messages.
/// </summary>
internal sealed class DeliverToServerConsumer(IServerDelivery delivery) : IConsumer<DeliverToServer>
{
    public Task Consume(ConsumeContext<DeliverToServer> context)
    {
        var (origin, messages) = context.Message;
        var delivered = messages is null
            ? delivery.DeliverPlainAsync(context.ReceiveContext.Body.GetBytes(), context.CancellationToken)
            : delivery.DeliverAsync(origin ?? "", messages, context.CancellationToken);
        return delivered.AsTask();
    }
}
