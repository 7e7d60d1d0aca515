using MtSockets.Bench.Load;
using MtSockets.Bench.Processes;

namespace MtSockets.Bench.Scenarios;

/// <summary>Connect, warm up, measure for a while, stop, wait for the rest, reckon.</summary>
internal abstract class StreamScenario : IScenario
{
    protected const int BodyLength = 100;

    public abstract string Name { get; }

    public abstract string Description { get; }

    protected virtual string Unit => "messages/s";

    protected virtual string Each => "message";

    public virtual bool CanRunOn(ITarget target) => true;

    public Task<ScenarioResult> RunAsync(ITarget target, ScenarioSettings settings, CancellationToken cancelled)
    {
        using var run = new StreamRun(cancelled);
        Connect(run, target, settings);
        run.WaitUntilOpen();
        Start(run);
        run.Run(settings.WarmUp);

        var statistics = run.Statistics;
        var before = statistics.Delivered;
        statistics.Latency.Reset();
        var meter = new CpuMeter(target.Processes());
        run.Run(WindowOf(settings));
        var reading = meter.Stop();
        var delivered = statistics.Delivered - before;
        Metric[] metrics =
        [
            new("throughput", Unit, delivered / reading.Seconds),
            new("p50", "ms", statistics.Latency.PercentileMilliseconds(50)),
            new("p99", "ms", statistics.Latency.PercentileMilliseconds(99)),
            new("max", "ms", statistics.Latency.MaxMilliseconds),
        ];

        run.Finish();
        var faults = statistics.Faults.Any ? statistics.Faults.ToString() : delivered == 0 ? "nothing arrived" : null;
        return Task.FromResult(
            delivered == 0
                ? new ScenarioResult(Name, target.Name, [], [], reading.StolenPercent, reading.OthersPercent, faults)
                : ScenarioResult.Create(Name, target, metrics, reading, delivered, Each, faults));
    }

    protected abstract void Connect(StreamRun run, ITarget target, ScenarioSettings settings);

    protected virtual void Start(StreamRun run) => run.StartSending();

    protected virtual TimeSpan WindowOf(ScenarioSettings settings) => settings.Window;

    protected static void ConnectPairs(StreamRun run, ITarget target, int pairs, int window, bool oneServer = false, bool acknowledged = false)
    {
        var tag = RunTag.Next();
        for (var i = 0; i < pairs; i++)
        {
            var (from, to) = ($"{tag}s{i:d4}", $"{tag}r{i:d4}");
            var receiver = run.AddReceiver(to, oneServer ? target.ServerA : target.ServerB, acknowledged);
            var idPrefix = acknowledged ? $"{from}-" : null;
            run.AddSender(new StreamSettings(from, to, 1, BodyLength, window, idPrefix), target.ServerA, [receiver]);
        }
    }
}
