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
        var window = StreamWindow.Measure(run, target, settings.WarmUp, WindowOf(settings));
        Metric[] metrics =
        [
            new("throughput", Unit, window.Throughput),
            new("p50", "ms", window.P50),
            new("p99", "ms", window.P99),
            new("max", "ms", window.Max),
        ];
        return Task.FromResult(
            window.Delivered == 0
                ? new ScenarioResult(Name, target.Name, [], [], window.Cpu.StolenPercent, window.Cpu.OthersPercent, window.Faults)
                : ScenarioResult.Create(Name, target, metrics, window.Cpu, window.Delivered, Each, window.Faults));
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
