using System.Diagnostics;
using MtSockets.Bench.Linux;

namespace MtSockets.Bench.Processes;

/// <summary>CPU time of each process of a target and of the load generator, and stolen time, over a window.</summary>
internal sealed class CpuMeter
{
    public const string LoadGenerator = "load generator";

    private readonly List<(string Name, int ProcessId, TimeSpan Cpu)> _begin;
    private readonly MachineTime _machine = MachineTime.Now();
    private readonly long _started = Stopwatch.GetTimestamp();

    public CpuMeter(IEnumerable<(string Name, int ProcessId)> processes) =>
        _begin = [.. processes.Append((LoadGenerator, Environment.ProcessId)).Select(process => (process.Item1, process.Item2, CpuOf(process.Item1, process.Item2)))];

    public CpuReading Stop()
    {
        var seconds = Stopwatch.GetElapsedTime(_started).TotalSeconds;
        var used = _begin.Select(process => new CpuUse(process.Name, CpuOf(process.Name, process.ProcessId) - process.Cpu)).ToArray();
        var machine = MachineTime.Now().Since(_machine);
        return new CpuReading(seconds, used, machine.StolenPercent, machine.OthersPercent(TimeSpan.FromTicks(used.Sum(use => use.Time.Ticks))));
    }

    private static TimeSpan CpuOf(string name, int processId) =>
        ProcessStat.TryRead(processId)?.Cpu ?? throw new InvalidOperationException($"{name} (process {processId}), which is to be measured, has ended.");
}
