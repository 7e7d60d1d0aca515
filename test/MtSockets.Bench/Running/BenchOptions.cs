using MtSockets.Bench.Processes;
using MtSockets.Bench.Scenarios;

namespace MtSockets.Bench.Running;

/// <summary>What the command line asks for.</summary>
internal sealed record BenchOptions
{
    public static string Usage =>
        $"""
         Usage: MtSockets.Bench [options]
           --scenarios a,b   of {string.Join(", ", ScenarioList.All.Select(scenario => scenario.Name))}
                             (default: all but {string.Join(", ", ScenarioList.All.Except(ScenarioList.Default).Select(scenario => scenario.Name))})
           --targets a,b     of reference, cluster (default: both)
           --rounds n        how often each is measured (default 3)
           --seconds n       measured window (default 5)
           --warmup n        seconds of load before it (default 2)
           --heat n          seconds of load in each way before the first round (default 6)
           --paced-seconds n measured window of `paced` (default 10)
           --minutes n       the same in minutes
           --pairs n         pairs of users (default 50)
           --idle a,b        idle connections at the two readings of memory (default 5000,15000)
           --quick           one round, short windows, few idle connections, no files unless --out is given
           --out folder      where the table and the picture go (default docs/benchmarks)
           --edge file, --reference file   assemblies to start instead of those in the repository
         Exit code: 0 all well; 1 something was lost, came twice or out of order, or a server failed; 2 wrong options.
         """;

    public required string Root { get; init; }

    public IReadOnlyList<IScenario> Scenarios { get; init; } = ScenarioList.Default;

    public bool WithReference { get; init; } = true;

    public bool WithCluster { get; init; } = true;

    public int Rounds { get; init; } = 3;

    public ScenarioSettings Settings { get; init; } = new(
        Heat: TimeSpan.FromSeconds(6),
        WarmUp: TimeSpan.FromSeconds(2),
        Window: TimeSpan.FromSeconds(5),
        PacedWindow: TimeSpan.FromSeconds(10),
        Pairs: 50,
        IdleFrom: 5_000,
        IdleTo: 15_000);

    /// <summary>Null: print only.</summary>
    public required string? OutputFolder { get; init; }

    public required ServerProgram Edge { get; init; }

    public required ServerProgram Reference { get; init; }
}
