using MassTransit;
using MassTransit.RabbitMqTransport;
using MtSockets.Contracts.Naming;
using RabbitMQ.Client;

namespace MtSockets.Infrastructure.Bus;

/// <summary>
/// Binds this server's queue straight to the <c>messages</c> exchange, as the spec has it (MassTransit by itself would lead
/// every message over a second exchange), and declares the dead-letter queue. Runs each time the channel is opened, before
/// MassTransit declares the same queue with the same settings.
/// </summary>
internal sealed class ServerQueueTopologyFilter(ServerIdentity identity) : IFilter<ChannelContext>
{
    // Everybody who declares the queue must name the same arguments, so the bound is no setting.
    private static readonly Dictionary<string, object?> DeadLetterArguments = new() { ["x-max-length"] = 10_000 };

    public async Task Send(ChannelContext context, IPipe<ChannelContext> next)
    {
        var channel = context.Channel;
        var token = context.CancellationToken;
        var queue = BusNames.ServerQueue(identity.ServerId, identity.Incarnation);

        await channel.ExchangeDeclareAsync(BusNames.MessagesExchange, ExchangeType.Topic, durable: true, cancellationToken: token);
        await channel.QueueDeclareAsync(
            BusNames.DeadLetterQueue, durable: true, exclusive: false, autoDelete: false, DeadLetterArguments, cancellationToken: token);
        await channel.QueueDeclareAsync(queue, durable: false, exclusive: true, autoDelete: true, cancellationToken: token);
        await channel.QueueBindAsync(queue, BusNames.MessagesExchange, BusNames.ServerKey(identity.ServerId), cancellationToken: token);
        await channel.QueueBindAsync(queue, BusNames.MessagesExchange, BusNames.BroadcastKey, cancellationToken: token);

        await next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("serverQueueTopology");
}
