using MtSockets.Bench.Linux;
using MtSockets.Bench.Load;
using MtSockets.Bench.Processes;

namespace MtSockets.Bench.Scenarios;

/// <summary>
/// Load until servers have compiled their code as far as they will. That takes CPU time of each, not seconds on the clock: six servers on two
/// busy cores needed 25 s, in which a message cost three times as much as after, with no step between that would tell that there is more to come.
/// </summary>
internal static class FreshServers
{
    // The fall came at 8 to 9 s of CPU a server, start included.
    private static readonly TimeSpan CpuEach = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    public static void Heat(StreamRun run, ITarget target)
    {
        int[] servers = [.. target.Processes()
            .Where(process => process.Name is not (BrokerProcesses.Redis or BrokerProcesses.RabbitMq))
            .Select(process => process.ProcessId)];
        run.Run(Least);
        // One that has ended is found when it is measured.
        run.Run(Limit - Least, () => run.Statistics.Faults.Any || servers.All(server => ProcessStat.TryRead(server) is not { } stat || stat.Cpu >= CpuEach));
    }
}
