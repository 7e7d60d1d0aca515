using MtSockets.Bench.Linux;
using MtSockets.Bench.Processes;
using MtSockets.Bench.Report;
using MtSockets.Bench.Scenarios;

namespace MtSockets.Bench.Running;

/// <summary>Starts the targets and runs every scenario on each of them in turn, round after round.</summary>
internal sealed class BenchRunner(BenchOptions options, TextWriter output, CancellationToken cancelled)
{
    /// <summary>Between them they take every way through the servers that carries load; the first two are always run.</summary>
    private static readonly string[] Heating = ["max", "one", "acked", "local", "fanout"];
    private const int AlwaysHeating = 2;

    /// <summary>Gives the results in the order they were measured.</summary>
    public async Task<IReadOnlyList<ScenarioResult>> RunAsync()
    {
        // Before anything starts: processes inherit the limit.
        OpenFileLimit.Require(options.Scenarios.Max(scenario => scenario.OpenFiles(options.Settings)));
        var targets = new List<ITarget>();
        try
        {
            if (options.WithReference)
                targets.Add(await ReferenceTarget.StartAsync(options.Reference, cancelled));
            if (options.WithCluster)
                targets.Add(await ClusterTarget.StartAsync(options.Edge, cancelled));
            return await RunAsync(targets);
        }
        finally
        {
            foreach (var target in targets)
                await target.DisposeAsync();
        }
    }

    private async Task<IReadOnlyList<ScenarioResult>> RunAsync(List<ITarget> targets)
    {
        var results = new List<ScenarioResult>();
        if (options.Scenarios.Any(scenario => scenario is StreamScenario or GrowthScenario))
        {
            foreach (var target in targets)
                results.AddRange(await HeatAsync(target));
        }

        for (var round = 1; round <= options.Rounds; round++)
        {
            foreach (var scenario in options.Scenarios)
            {
                foreach (var target in targets.Where(scenario.CanRunOn))
                    results.Add(await RunAsync(scenario, target, round));
            }

            // Nobody always runs second.
            targets.Reverse();
        }

        return results;
    }

    /// <summary>Load until the servers' code is compiled as far as it will be, before anything is measured. Gives what was faulty.</summary>
    private async Task<IReadOnlyList<ScenarioResult>> HeatAsync(ITarget target)
    {
        var faulty = new List<ScenarioResult>();
        var settings = options.Settings with { WarmUp = TimeSpan.Zero, Window = options.Settings.Heat };
        var names = Heating.Where((name, at) => at < AlwaysHeating || options.Scenarios.Any(scenario => scenario.Name == name));
        foreach (var scenario in ScenarioList.Named(names).Where(scenario => scenario.CanRunOn(target)))
        {
            var result = await MeasureAsync(scenario, target, settings);
            Report("heat", result);
            if (result.Faults is not null)
                faulty.Add(result with { Metrics = [], Cpu = [] });
        }

        return faulty;
    }

    private async Task<ScenarioResult> RunAsync(IScenario scenario, ITarget target, int round)
    {
        ScenarioResult? best = null;
        for (var attempt = 1; ; attempt++)
        {
            var result = await MeasureAsync(scenario, target, options.Settings);
            Report($"round {round}", result);
            if (result.Faults is not null)
                return result;
            if (best is null || result.StolenPercent < best.StolenPercent)
                best = result;
            var again = StolenTime.MustRepeat(result.StolenPercent, attempt);
            if (StolenTime.IsTooMuch(result.StolenPercent))
                output.WriteLine($"         {result.StolenPercent:0.0} % of the CPU was stolen: {(again ? "once more" : "the best attempt counts")}");
            if (!again)
                return best with { Attempts = attempt };
        }
    }

    private async Task<ScenarioResult> MeasureAsync(IScenario scenario, ITarget target, ScenarioSettings settings)
    {
        try
        {
            return await scenario.RunAsync(target, settings, cancelled);
        }
        catch (Exception fault) when (fault is InvalidOperationException or IOException or TimeoutException or System.Net.Sockets.SocketException)
        {
            // The other scenarios are still worth running; this one is reported as failed.
            return new ScenarioResult(scenario.Name, target.Name, [], [], 0, 0, fault.Message);
        }
        finally
        {
            await output.FlushAsync(cancelled);
        }
    }

    private void Report(string what, ScenarioResult result)
    {
        output.WriteLine($"{what,-8} {result.Scenario,-12} {result.Target,-9} {ResultText.OneLine(result)}");
        if (result.Faults is not null)
            output.WriteLine($"         FAULTS: {result.Faults}");
    }
}
