using MtSockets.Bench.Load;
using MtSockets.Bench.Processes;

namespace MtSockets.Bench.Scenarios;

/// <summary>What a run of streams did in its measured window.</summary>
/// <param name="Cpu">CPU of servers, brokers and load generator.</param>
/// <param name="Delivered">Messages that came in the window.</param>
/// <param name="P50">Latency in milliseconds.</param>
/// <param name="P99">Latency in milliseconds.</param>
/// <param name="Max">Latency in milliseconds.</param>
/// <param name="Faults">Those of the whole run; null when there were none.</param>
internal sealed record StreamWindow(CpuReading Cpu, long Delivered, double P50, double P99, double Max, string? Faults)
{
    public double Throughput => Delivered / Cpu.Seconds;

    /// <summary>Streams are sending: warm up, measure, stop, wait for the rest.</summary>
    public static StreamWindow Measure(StreamRun run, ITarget target, TimeSpan warmUp, TimeSpan window)
    {
        run.Run(warmUp);

        var (statistics, before) = (run.Statistics, run.Statistics.Delivered);
        statistics.Latency.Reset();
        var meter = new CpuMeter(target.Processes());
        run.Run(window);
        var cpu = meter.Stop();
        var delivered = statistics.Delivered - before;
        var latency = statistics.Latency;
        var (p50, p99, max) = (latency.PercentileMilliseconds(50), latency.PercentileMilliseconds(99), latency.MaxMilliseconds);

        run.Finish();
        var faults = statistics.Faults.Any ? statistics.Faults.ToString() : delivered == 0 ? "nothing arrived" : null;
        return new StreamWindow(cpu, delivered, p50, p99, max, faults);
    }
}
