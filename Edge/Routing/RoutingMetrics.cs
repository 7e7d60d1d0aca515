using System.Diagnostics.Metrics;

namespace MtSockets.Edge.Routing;

/// <summary>Which way messages take. Meter <c>MtSockets.Routing</c>.</summary>
internal sealed class RoutingMetrics
{
    public const string MeterName = "MtSockets.Routing";

    // Made once: a tag made for each message would be an object for each message.
    private static readonly KeyValuePair<string, object?>[] Outcomes =
        [.. Enum.GetValues<RouteOutcome>().Select(static outcome => new KeyValuePair<string, object?>("outcome", outcome))];

    private readonly Counter<long> _local;
    private readonly Counter<long> _routed;
    private readonly Counter<long> _leased;
    private readonly Counter<long> _recalled;
    private readonly Counter<long> _waits;
    private readonly Counter<long> _strays;
    private readonly Counter<long> _dropped;

    public RoutingMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _local = meter.CreateCounter<long>("mtsockets.messages.local", "{message}", "Messages whose recipient is connected here: neither Redis nor RabbitMQ.");
        _routed = meter.CreateCounter<long>("mtsockets.messages.routed", "{message}", "Messages to users who are not connected here, by outcome.");
        _leased = meter.CreateCounter<long>("mtsockets.messages.leased", "{message}", "Messages that went by a leased route, without a question to Redis.");
        _recalled = meter.CreateCounter<long>("mtsockets.routes.recalled", "{route}", "Leased routes of this server that were ended because the user connected elsewhere.");
        _waits = meter.CreateCounter<long>("mtsockets.routes.waits", "{handshake}", "Handshakes that waited for the end of a lease whose holder had not given it up.");
        _strays = meter.CreateCounter<long>("mtsockets.messages.strays", "{message}", "Messages whose recipient was gone from the server they were sent to.");
        _dropped = meter.CreateCounter<long>("mtsockets.messages.strays.dropped", "{message}", "Strays dropped because too many waited already.");
    }

    public void StrayDropped() => _dropped.Add(1);

    public void MessageDeliveredLocally() => _local.Add(1);

    public void MessageRouted(RouteOutcome outcome) => _routed.Add(1, Outcomes[(int)outcome]);

    public void MessageRoutedByLease() => _leased.Add(1);

    public void RouteRecalled() => _recalled.Add(1);

    public void LeaseWaitedFor() => _waits.Add(1);

    public void MessageStrayed() => _strays.Add(1);
}
