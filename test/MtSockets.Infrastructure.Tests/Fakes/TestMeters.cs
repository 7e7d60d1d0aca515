using System.Diagnostics.Metrics;

namespace MtSockets.Infrastructure.Tests.Fakes;

/// <summary>Meters of one test, so that its counts are not mixed with those of others.</summary>
internal sealed class TestMeters : IMeterFactory
{
    private readonly List<Meter> _meters = [];

    public Meter Create(MeterOptions options)
    {
        var meter = new Meter(options.Name, options.Version, options.Tags, scope: this);
        _meters.Add(meter);
        return meter;
    }

    public void Dispose() => _meters.ForEach(meter => meter.Dispose());
}
