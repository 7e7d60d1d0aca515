using System.Diagnostics;
using MtSockets.Bench.Linux;
using MtSockets.Bench.Load;
using MtSockets.Bench.Processes;

namespace MtSockets.Bench.Scenarios;

/// <summary>
/// What a connection that does nothing costs in resident memory, as growth between two numbers of connections, and how fast they come in.
/// On a server that nothing has used: memory that an earlier load left behind would be filled again and hide the growth.
/// </summary>
internal sealed class IdleScenario : IScenario
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan RegisterLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan SettleStep = TimeSpan.FromSeconds(1);
    private const int SettleSteps = 15;
    private const double SettledChange = 0.002;

    // Beside the connections: assemblies, epoll, brokers.
    private const int OtherDescriptors = 500;

    public string Name => "idle";

    public string Description => "idle connections to a fresh server: resident memory for each of them, and how fast they are taken and registered";

    public bool CanRunOn(ITarget target) => true;

    public int OpenFiles(ScenarioSettings settings) => settings.IdleTo + OtherDescriptors;

    public async Task<ScenarioResult> RunAsync(ITarget target, ScenarioSettings settings, CancellationToken cancelled)
    {
        await using var server = await target.StartFreshAsync(cancelled);
        using var crowd = new IdleCrowd(server.EndPoint, RunTag.Next() + "i", cancelled);

        crowd.GrowTo(settings.IdleFrom, ConnectLimit);
        WaitUntilRegistered(crowd, target, 0, settings.IdleFrom);
        var before = SettledMemory(crowd, server.ProcessId);

        var meter = new CpuMeter([(server.Name, server.ProcessId), .. target.Processes().Where(process => process.ProcessId != server.ProcessId)]);
        var started = Stopwatch.GetTimestamp();
        var taken = crowd.GrowTo(settings.IdleTo, ConnectLimit);
        WaitUntilRegistered(crowd, target, settings.IdleFrom, settings.IdleTo);
        var registered = Stopwatch.GetElapsedTime(started);
        var reading = meter.Stop();
        var after = SettledMemory(crowd, server.ProcessId);

        var count = settings.IdleTo - settings.IdleFrom;
        Metric[] metrics =
        [
            new("memory each connection", "KB", (after - before) / 1024.0 / count),
            new("upgrades", "connects/s", count / taken.TotalSeconds),
            new("upgraded and registered", "connects/s", count / registered.TotalSeconds),
            new($"memory with {settings.IdleTo:n0}", "MB", after / 1024.0 / 1024.0),
        ];
        return ScenarioResult.Create(Name, target, metrics, reading, count, "connect", crowd.Faults.Any ? crowd.Faults.ToString() : null);
    }

    private static void WaitUntilRegistered(IdleCrowd crowd, ITarget target, int from, int to)
    {
        if (!crowd.Stay(RegisterLimit, () => target.AreRegistered(crowd.Users(from, to))))
            throw new InvalidOperationException($"Not every one of the users {from} to {to} was registered {RegisterLimit.TotalSeconds:0} s after the last upgrade.");
    }

    /// <summary>Resident memory once it stays level, or after a while all the same.</summary>
    private static long SettledMemory(IdleCrowd crowd, int processId)
    {
        crowd.Stay(SettleStep);
        var memory = ProcessStat.ResidentBytes(processId);
        for (var step = 0; step < SettleSteps; step++)
        {
            crowd.Stay(SettleStep);
            var (last, now) = (memory, ProcessStat.ResidentBytes(processId));
            memory = now;
            if (Math.Abs(now - last) < last * SettledChange)
                break;
        }

        return memory;
    }
}
