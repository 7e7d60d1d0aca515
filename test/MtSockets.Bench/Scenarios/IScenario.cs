using MtSockets.Bench.Processes;

namespace MtSockets.Bench.Scenarios;

internal interface IScenario
{
    string Name { get; }

    /// <summary>One line for the report.</summary>
    string Description { get; }

    bool CanRunOn(ITarget target);

    /// <summary>Descriptors that it needs in each process, where those are many.</summary>
    int OpenFiles(ScenarioSettings settings) => 0;

    Task<ScenarioResult> RunAsync(ITarget target, ScenarioSettings settings, CancellationToken cancelled);
}
