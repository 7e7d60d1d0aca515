using MtSockets.Bench.Processes;

namespace MtSockets.Bench.Scenarios;

/// <summary>The same load on few and on many of something, one after the other: what a message costs should not depend on it.</summary>
internal abstract class GrowthScenario : IScenario
{
    protected const int BodyLength = 100;

    private const string CpuAt = "CPU each message at ";

    public abstract string Name { get; }

    public abstract string Description { get; }

    /// <summary>Of what there are few and many.</summary>
    protected abstract string Unit { get; }

    protected abstract int Few { get; }

    protected abstract int Many { get; }

    /// <summary>Names of metrics.</summary>
    public string CpuOfFew => CpuAt + CountText(Few);

    public string CpuOfMany => CpuAt + CountText(Many);

    public string Ratio => $"CPU at {Many:n0} to CPU at {Few:n0}";

    public virtual bool CanRunOn(ITarget target) => true;

    public virtual int OpenFiles(ScenarioSettings settings) => 0;

    public async Task<ScenarioResult> RunAsync(ITarget target, ScenarioSettings settings, CancellationToken cancelled)
    {
        var few = await MeasureAsync(target, Few, settings, cancelled);
        var many = await MeasureAsync(target, Many, settings, cancelled);
        var (stolen, others) = (Math.Max(few.Cpu.StolenPercent, many.Cpu.StolenPercent), Math.Max(few.Cpu.OthersPercent, many.Cpu.OthersPercent));
        if ((few.Faults ?? many.Faults) is { } faults)
            return new ScenarioResult(Name, target.Name, [], [], stolen, others, faults);

        var shares = ScenarioResult.Shares(many.Cpu, many.Delivered);
        var (cost, costOfMany) = (ScenarioResult.ServerCost(ScenarioResult.Shares(few.Cpu, few.Delivered)), ScenarioResult.ServerCost(shares));
        Metric[] metrics =
        [
            new(CpuOfFew, "µs", cost),
            new(CpuOfMany, "µs", costOfMany),
            new(Ratio, "ratio", costOfMany / cost),
            new($"throughput at {CountText(Few)}", "messages/s", few.Throughput),
            new($"throughput at {CountText(Many)}", "messages/s", many.Throughput),
        ];
        return new ScenarioResult(Name, target.Name, metrics, shares, stolen, others, null);
    }

    /// <summary>"50 connections", of a metric's name.</summary>
    public string CountOf(string metric) => metric == CpuOfFew ? CountText(Few) : CountText(Many);

    protected abstract Task<StreamWindow> MeasureAsync(ITarget target, int count, ScenarioSettings settings, CancellationToken cancelled);

    private string CountText(int count) => $"{count:n0} {Unit}";
}
