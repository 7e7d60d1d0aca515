using System.Globalization;

namespace MtSockets.Bench.Linux;

/// <summary>CPU time of the machine in ticks, from the first line of /proc/stat: what the hypervisor gave to others is "steal".</summary>
internal readonly record struct MachineTime(long Stolen, long Busy, long Total)
{
    private const int FieldCount = 8;
    private const int Idle = 3;
    private const int WaitingForDisk = 4;
    private const int Steal = 7;

    // Of fewer ticks, which are a hundredth of a second of each processor, no share can be told.
    private const int FewTicks = 50;

    public static MachineTime Now()
    {
        using var reader = new StreamReader("/proc/stat");
        var fields = (reader.ReadLine() ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        // user nice system idle iowait irq softirq steal; guest time that follows is contained in user already.
        var times = fields.Skip(1).Take(FieldCount).Select(field => long.Parse(field, CultureInfo.InvariantCulture)).ToArray();
        var total = times.Sum();
        return new MachineTime(times[Steal], total - times[Idle] - times[WaitingForDisk] - times[Steal], total);
    }

    public MachineTime Since(MachineTime earlier) => new(Stolen - earlier.Stolen, Busy - earlier.Busy, Total - earlier.Total);

    public double StolenPercent => Percent(Stolen);

    /// <summary>What processes other than those that used <paramref name="known"/> used.</summary>
    public double OthersPercent(TimeSpan known) => Math.Max(0, Percent(Busy - known.TotalSeconds * ProcessStat.TicksPerSecond));

    private double Percent(double ticks) => Total >= FewTicks ? 100.0 * ticks / Total : 0;
}
