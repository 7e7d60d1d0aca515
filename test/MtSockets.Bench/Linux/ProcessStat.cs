using System.Globalization;

namespace MtSockets.Bench.Linux;

/// <summary>One line of /proc/{pid}/stat: name, parent, and the CPU time of all threads, those that have ended included.</summary>
internal sealed record ProcessStat(int ProcessId, string Name, int ParentId, TimeSpan Cpu)
{
    /// <summary>The unit of times in /proc.</summary>
    public static readonly long TicksPerSecond = NativeMethods.SystemSetting(NativeMethods.ClockTicks);

    private const string Zombie = "Z";
    private const string Dead = "X";

    /// <summary>Null once the process has ended, whether or not its parent has asked how.</summary>
    public static ProcessStat? TryRead(int processId)
    {
        try
        {
            // 17 (beam.smp) S 1 … the name may hold blanks, so count from the last parenthesis: state, parent, … utime 12th, stime 13th.
            var line = File.ReadAllText($"/proc/{processId}/stat");
            var end = line.LastIndexOf(')');
            var name = line[(line.IndexOf('(', StringComparison.Ordinal) + 1)..end];
            var fields = line[(end + 2)..].Split(' ');
            if (fields[0] is Zombie or Dead)
                return null;
            var ticks = long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
            var parent = int.Parse(fields[1], CultureInfo.InvariantCulture);
            return new ProcessStat(processId, name, parent, TimeSpan.FromSeconds((double)ticks / TicksPerSecond));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The processes of this name that descend from the ancestor. What descends from them is not looked at, whatever its name.</summary>
    public static IReadOnlyList<ProcessStat> Topmost(int ancestor, string name)
    {
        var all = Directory.EnumerateDirectories("/proc")
            .Select(path => int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out var id) ? TryRead(id) : null)
            .OfType<ProcessStat>()
            .ToLookup(stat => stat.ParentId);
        var found = new List<ProcessStat>();
        var open = new Queue<int>([ancestor]);
        while (open.TryDequeue(out var parent))
        {
            foreach (var child in all[parent])
            {
                if (child.Name == name)
                    found.Add(child);
                else
                    open.Enqueue(child.ProcessId);
            }
        }

        return found;
    }

    /// <summary>Resident memory in bytes.</summary>
    public static long ResidentBytes(int processId)
    {
        var line = File.ReadLines($"/proc/{processId}/status").First(text => text.StartsWith("VmRSS:", StringComparison.Ordinal));
        return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
