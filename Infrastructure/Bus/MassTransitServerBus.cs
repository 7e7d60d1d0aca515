using MassTransit;
using Microsoft.Extensions.Options;
using MtSockets.Contracts.Bus;

namespace MtSockets.Infrastructure.Bus;

/// <summary>Publishes through MassTransit: transient, mandatory, with confirms, and never longer than the time-out.</summary>
internal sealed class MassTransitServerBus(IBus bus, BusState state, IOptions<BusOptions> options) : IServerBus
{
    private readonly TimeSpan _timeout = TimeSpan.FromMilliseconds(options.Value.PublishTimeoutMs);

    public bool IsUp => state.IsUp;

    public ValueTask<PublishOutcome> PublishAsync(string routingKey, DeliverToServer batch, CancellationToken cancellationToken) =>
        PublishAsync(batch, context => Address(context, routingKey), cancellationToken);

    public ValueTask<PublishOutcome> PublishPlainAsync(
        string routingKey, ReadOnlyMemory<byte> frame, CancellationToken cancellationToken) =>
        PublishAsync(
            new PlainFrame(frame.ToArray()),
            context =>
            {
                Address(context, routingKey);
                context.Serializer = PlainFrameSerializer.Instance;
                context.ContentType = PlainFrameSerializer.Instance.ContentType;
            },
            cancellationToken);

    private static void Address<T>(PublishContext<T> context, string routingKey)
        where T : class
    {
        context.SetRoutingKey(routingKey);
        context.Mandatory = true;
        context.Durable = false;
    }

    private async ValueTask<PublishOutcome> PublishAsync<T>(
        T message, Action<PublishContext<T>> configure, CancellationToken cancellationToken)
        where T : class
    {
        if (!state.IsUp)
            return PublishOutcome.Failed;

        // Without the bound MassTransit goes on trying for hours while RabbitMQ is away.
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(_timeout);
        try
        {
            await bus.Publish(message, configure, bound.Token);
            return PublishOutcome.Confirmed;
        }
        catch (MessageReturnedException)
        {
            return PublishOutcome.Returned;
        }
        catch (Exception e) when (e is OperationCanceledException or MassTransitException
            or RabbitMQ.Client.Exceptions.RabbitMQClientException or IOException or ObjectDisposedException)
        {
            return PublishOutcome.Failed;
        }
    }
}
