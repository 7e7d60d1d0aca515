using MtSockets.Bench.Load;
using MtSockets.Bench.Processes;

namespace MtSockets.Bench.Scenarios;

/// <summary>Users with many connections each, half of them on each server. A message is in flight until every connection has it.</summary>
internal sealed class FanoutScenario : StreamScenario
{
    private const int Groups = 5;
    private const int ConnectionsEach = 20;
    private const int Window = 32;

    public override string Name => "fanout";

    public override string Description =>
        $"{Groups} users with {ConnectionsEach} connections each, half on each server, one sender to each user, {Window} in flight for each";

    protected override string Unit => "deliveries/s";

    protected override string Each => "delivery";

    protected override void Connect(StreamRun run, ITarget target, ScenarioSettings settings)
    {
        var tag = RunTag.Next();
        for (var group = 0; group < Groups; group++)
        {
            var (from, to) = ($"{tag}s{group:d4}", $"{tag}r{group:d4}");
            var receivers = Enumerable.Range(0, ConnectionsEach)
                .Select(i => run.AddReceiver(to, i % 2 == 0 ? target.ServerA : target.ServerB))
                .ToArray();
            run.AddSender(
                new StreamSettings(from, to, ConnectionsEach, BodyLength, Window), group % 2 == 0 ? target.ServerA : target.ServerB, receivers);
        }
    }
}
