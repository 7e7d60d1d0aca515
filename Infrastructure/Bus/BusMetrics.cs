using System.Diagnostics.Metrics;
using MtSockets.Infrastructure.Outbox;

namespace MtSockets.Infrastructure.Bus;

/// <summary>What this server sends to others and cannot read from them. Meter <c>MtSockets.Bus</c>.</summary>
internal sealed class BusMetrics
{
    public const string MeterName = "MtSockets.Bus";

    private readonly Counter<long> _batches;
    private readonly Counter<long> _messages;
    private readonly Counter<long> _undelivered;
    private readonly Counter<long> _deadLettered;

    public BusMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _batches = meter.CreateCounter<long>("mtsockets.bus.batches", "{batch}", "Batches published to other servers, by outcome.");
        _messages = meter.CreateCounter<long>("mtsockets.bus.messages", "{message}", "Messages in those batches.");
        _undelivered = meter.CreateCounter<long>("mtsockets.outbox.undelivered", "{message}", "Messages that an outbox gave back, by reason.");
        _deadLettered = meter.CreateCounter<long>("mtsockets.bus.dead_lettered", "{message}", "Messages led to the dead-letter queue.");
    }

    public void BatchPublished(PublishOutcome outcome, int messages)
    {
        var tag = new KeyValuePair<string, object?>("outcome", outcome);
        _batches.Add(1, tag);
        _messages.Add(messages, tag);
    }

    public void MessageUndelivered(OutboxFailure failure) => _undelivered.Add(1, new KeyValuePair<string, object?>("reason", failure));

    public void MessageDeadLettered() => _deadLettered.Add(1);
}
