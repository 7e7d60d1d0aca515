using MtSockets.Bench.Running;
using MtSockets.Bench.Scenarios;

namespace MtSockets.Bench.Report;

/// <summary>All that the written forms need.</summary>
internal sealed record BenchReport(MachineFacts Machine, BenchOptions Options, IReadOnlyList<ScenarioResult> Results)
{
    public const string Reference = "reference";
    public const string Cluster = "cluster";

    public static IReadOnlyList<string> Targets { get; } = [Reference, Cluster];

    public IEnumerable<IScenario> Scenarios => Options.Scenarios.Where(scenario => Results.Any(result => result.Scenario == scenario.Name));

    public IReadOnlyList<string> MetricsOf(string scenario) =>
        [.. Results.Where(result => result.Scenario == scenario).SelectMany(result => result.Metrics).Select(metric => metric.Name).Distinct()];

    public IReadOnlyList<string> ProcessesOf(string scenario, string target) =>
        [.. Of(scenario, target).SelectMany(result => result.Cpu).Select(share => share.Process).Distinct()];

    /// <summary>One metric over the rounds; null when it was not measured.</summary>
    public Spread? Metric(string scenario, string target, string metric) =>
        Spread.Of(Of(scenario, target).SelectMany(result => result.Metrics).Where(one => one.Name == metric).Select(one => one.Value));

    public string UnitOf(string scenario, string metric) =>
        Results.Where(result => result.Scenario == scenario).SelectMany(result => result.Metrics).First(one => one.Name == metric).Unit;

    public Spread? Cpu(string scenario, string target, string process) =>
        Spread.Of(Of(scenario, target).SelectMany(result => result.Cpu).Where(share => share.Process == process).Select(share => share.Microseconds));

    private IEnumerable<ScenarioResult> Of(string scenario, string target) =>
        Results.Where(result => result.Scenario == scenario && result.Target == target);
}
