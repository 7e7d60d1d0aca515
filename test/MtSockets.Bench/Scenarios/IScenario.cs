using MtSockets.Bench.Processes;

namespace MtSockets.Bench.Scenarios;

internal interface IScenario
{
    string Name { get; }

    /// <summary>One line for the report.</summary>
    string Description { get; }

    bool CanRunOn(ITarget target);

    Task<ScenarioResult> RunAsync(ITarget target, ScenarioSettings settings, CancellationToken cancelled);
}
