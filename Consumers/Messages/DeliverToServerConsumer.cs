using MassTransit;
using MtSockets.Contracts.Bus;
using MtSockets.Contracts.Naming;

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
        if (messages is null)
            delivery.DeliverPlain(context.ReceiveContext.Body.GetBytes(), IsToAll(context));
        else
            delivery.Deliver(origin ?? "", messages);
        return Task.CompletedTask;
    }

    private static bool IsToAll(ConsumeContext context) =>
        context.TryGetPayload(out RoutingKeyConsumeContext? key) && key.RoutingKey == BusNames.BroadcastKey;
}
