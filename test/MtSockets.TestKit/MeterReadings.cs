using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace MtSockets.TestKit;

/// <summary>What the counters of one server have counted since this was made.</summary>
public sealed class MeterReadings : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, double> _sums = new(StringComparer.Ordinal);

    /// <param name="meters">The server's. The meters of other servers in this process are passed over.</param>
    public MeterReadings(IMeterFactory meters)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, meters))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>The sum of what was recorded under this name, with its tag where it has one: <c>mtsockets.errors code=bad_frame</c>.</summary>
    public double this[string name] => _sums.GetValueOrDefault(name);

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var name = instrument.Name;
        foreach (var (key, tag) in tags)
            name += $" {key}={tag}";
        _sums.AddOrUpdate(name, value, (_, sum) => sum + value);
    }
}
