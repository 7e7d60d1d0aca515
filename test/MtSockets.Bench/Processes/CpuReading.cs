namespace MtSockets.Bench.Processes;

/// <param name="Seconds">Length of the window.</param>
/// <param name="Used">CPU time of each process that is measured.</param>
/// <param name="StolenPercent">What the hypervisor gave to other machines.</param>
/// <param name="OthersPercent">What processes used that have nothing to do with the measurement.</param>
internal sealed record CpuReading(double Seconds, IReadOnlyList<CpuUse> Used, double StolenPercent, double OthersPercent);
