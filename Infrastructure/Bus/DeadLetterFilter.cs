using MassTransit;
using MassTransit.RabbitMqTransport;
using Microsoft.Extensions.Logging;
using MtSockets.Contracts.Naming;
using RabbitMQ.Client;

namespace MtSockets.Infrastructure.Bus;

/// <summary>
/// Takes the place of MassTransit's error and skipped queues: what a consumer could not read or handle, and what none was
/// there for, goes as it came to the one durable dead-letter queue, with the reason in a header.
/// </summary>
internal sealed partial class DeadLetterFilter(ServerIdentity identity, BusMetrics metrics, ILogger<DeadLetterFilter> logger)
    : IFilter<ExceptionReceiveContext>, IFilter<ReceiveContext>
{
    // A header is for the eyes of a person; RabbitMQ limits all headers of a message to one frame.
    private const int MaxReasonLength = 500;

    public async Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
    {
        await DeadLetterAsync(context, context.Exception.GetBaseException().Message);
        await next.Send(context);
    }

    public async Task Send(ReceiveContext context, IPipe<ReceiveContext> next)
    {
        // What could not be deserialized comes here as well, behind the other one.
        if (!context.HasPayloadType(typeof(DeadLettered)))
            await DeadLetterAsync(context, "No consumer takes a message of this type.");
        await next.Send(context);
    }

    private async Task DeadLetterAsync(ReceiveContext context, string reason)
    {
        metrics.MessageDeadLettered();
        Log.DeadLettered(logger, reason);

        if (context.TryGetPayload(out ChannelContext? channel))
        {
            var properties = new BasicProperties
            {
                ContentType = context.ContentType?.ToString(),
                Persistent = true,
                Headers = new Dictionary<string, object?>
                {
                    ["mtsockets-reason"] = reason.Length > MaxReasonLength ? reason[..MaxReasonLength] : reason,
                    ["mtsockets-server"] = identity.ServerId,
                },
            };
            await channel.BasicPublishAsync("", BusNames.DeadLetterQueue, true, properties, context.Body.GetBytes(), true);
        }

        context.GetOrAddPayload(static () => new DeadLettered());
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("deadLetter");

    private sealed record DeadLettered;

    private static partial class Log
    {
        [LoggerMessage(2013, LogLevel.Warning, "A message from RabbitMQ was led to the dead-letter queue: {Reason}")]
        public static partial void DeadLettered(ILogger logger, string reason);
    }
}
