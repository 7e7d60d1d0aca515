using MassTransit;
using MassTransit.RabbitMqTransport;
using Microsoft.Extensions.Logging;
using MtSockets.Contracts.Naming;
using RabbitMQ.Client;

namespace MtSockets.Infrastructure.Bus;

/// <summary>
/// Takes the place of MassTransit's error queues: what a consumer could not read or handle goes, as it came, to the one
/// durable dead-letter queue, with the reason in a header.
/// </summary>
internal sealed partial class DeadLetterFilter(ServerIdentity identity, BusMetrics metrics, ILogger<DeadLetterFilter> logger)
    : IFilter<ExceptionReceiveContext>
{
    // A header is for the eyes of a person; RabbitMQ limits all headers of a message to one frame.
    private const int MaxReasonLength = 500;

    public async Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
    {
        var reason = context.Exception.GetBaseException().Message;
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

        await next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("deadLetter");

    private static partial class Log
    {
        [LoggerMessage(2013, LogLevel.Warning, "A message from RabbitMQ was led to the dead-letter queue: {Reason}")]
        public static partial void DeadLettered(ILogger logger, string reason);
    }
}
