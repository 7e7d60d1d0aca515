using MtSockets.Bench.Load;
using MtSockets.Bench.Processes;

namespace MtSockets.Bench.Scenarios;

/// <summary>A fixed rate, whatever comes back: latency as users see it.</summary>
internal sealed class PacedScenario : StreamScenario
{
    private const int MessagesPerSecond = 5000;

    public override string Name => "paced";

    public override string Description => $"{MessagesPerSecond:n0} messages/s over all pairs, sender and receiver on different servers";

    protected override void Connect(StreamRun run, ITarget target, ScenarioSettings settings) =>
        ConnectPairs(run, target, settings.Pairs, window: 0);

    protected override void Start(StreamRun run) => run.StartPacing(MessagesPerSecond);

    protected override TimeSpan WindowOf(ScenarioSettings settings) => settings.PacedWindow;
}
