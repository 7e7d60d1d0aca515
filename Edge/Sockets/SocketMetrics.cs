using System.Diagnostics.Metrics;
using MtSockets.Edge.Protocol;

namespace MtSockets.Edge.Sockets;

/// <summary>What happens on the clients' sockets. Meter <c>MtSockets.Sockets</c>.</summary>
internal sealed class SocketMetrics
{
    public const string MeterName = "MtSockets.Sockets";

    private readonly Counter<long> _opened;
    private readonly Counter<long> _closed;
    private readonly Counter<long> _received;
    private readonly Counter<long> _queued;
    private readonly Counter<long> _errors;
    private readonly Histogram<double> _latency;

    public SocketMetrics(IMeterFactory meters, SocketTable table)
    {
        var meter = meters.Create(MeterName);
        meter.CreateObservableGauge("mtsockets.connections", () => table.ConnectionCount, "{connection}", "Open connections.");
        _opened = meter.CreateCounter<long>("mtsockets.connections.opened", "{connection}", "Connections opened.");
        _closed = meter.CreateCounter<long>("mtsockets.connections.closed", "{connection}", "Connections closed, by close code.");
        _received = meter.CreateCounter<long>("mtsockets.frames.received", "{frame}", "Frames from clients.");
        _queued = meter.CreateCounter<long>("mtsockets.frames.queued", "{frame}", "Message frames given to connections.");
        _errors = meter.CreateCounter<long>("mtsockets.errors", "{frame}", "Error frames sent, by code.");
        _latency = meter.CreateHistogram<double>("mtsockets.client.latency", "s", "What clients measured themselves.");
    }

    public void LatencyReported(double milliseconds) => _latency.Record(milliseconds / 1000);

    public void ConnectionOpened() => _opened.Add(1);

    public void ConnectionClosed(CloseReason reason) => _closed.Add(1, new KeyValuePair<string, object?>("code", reason.Code));

    public void FrameReceived() => _received.Add(1);

    public void FrameQueued() => _queued.Add(1);

    public void ErrorSent(ErrorCode code) => _errors.Add(1, new KeyValuePair<string, object?>("code", code.Name()));
}
