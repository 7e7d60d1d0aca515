using MtSockets.Bench.Processes;

namespace MtSockets.Bench.Scenarios;

/// <param name="Scenario">Name of the scenario.</param>
/// <param name="Target">Name of the target.</param>
/// <param name="Metrics">What was measured, in the order it is shown.</param>
/// <param name="Cpu">CPU microseconds each process spent on one message (delivery, connect).</param>
/// <param name="StolenPercent">CPU time that the hypervisor gave to others.</param>
/// <param name="OthersPercent">CPU time that processes took which have nothing to do with the measurement.</param>
/// <param name="Faults">Losses, duplicates, disorder and the like in words; null when there were none.</param>
internal sealed record ScenarioResult(
    string Scenario, string Target, IReadOnlyList<Metric> Metrics, IReadOnlyList<CpuShare> Cpu, double StolenPercent, double OthersPercent,
    string? Faults)
{
    /// <summary>How often it was measured until little enough was stolen.</summary>
    public int Attempts { get; init; } = 1;

    /// <summary>The metrics, and after them the CPU of all that is measured: servers and brokers, the load generator left out.</summary>
    public static ScenarioResult Create(
        string scenario, ITarget target, IEnumerable<Metric> metrics, CpuReading reading, long messages, string per, string? faults)
    {
        var shares = Shares(reading, messages);
        var metric = new Metric($"CPU each {per}", "µs", ServerCost(shares));
        return new ScenarioResult(scenario, target.Name, [.. metrics, metric], shares, reading.StolenPercent, reading.OthersPercent, faults);
    }

    public static IReadOnlyList<CpuShare> Shares(CpuReading reading, long messages) =>
        [.. reading.Used.Select(use => new CpuShare(use.Process, use.Time.TotalMicroseconds / Math.Max(messages, 1)))];

    public static double ServerCost(IEnumerable<CpuShare> shares) =>
        shares.Where(share => share.Process != CpuMeter.LoadGenerator).Sum(share => share.Microseconds);
}
