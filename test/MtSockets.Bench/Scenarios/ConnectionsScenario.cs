using MtSockets.Bench.Load;
using MtSockets.Bench.Processes;

namespace MtSockets.Bench.Scenarios;

/// <summary>
/// As many messages are in flight with 5,000 connections as with 50, and they go round all of them. As many frames stand behind each other on a
/// socket in both, and the batches between the servers are alike; the sockets, users and routes that are touched are a hundred times as many.
/// A window for every pair would put more frames into a read where there are fewer pairs, and measure that instead.
/// </summary>
/// <param name="name">Name of the scenario.</param>
/// <param name="window">Messages that a pair sends in its turn.</param>
internal sealed class ConnectionsScenario(string name, int window) : GrowthScenario
{
    private const int PairsInTurn = 25;

    /// <summary>Upgrades under way at once: far below Kestrel's backlog of 512.</summary>
    private const int PairsAtOnce = 64;

    // Beside the connections: assemblies, epoll, brokers.
    private const int OtherDescriptors = 500;

    public override string Name => name;

    public override string Description =>
        $"{Few} and then {Many:n0} connections in pairs on different servers; {PairsInTurn} pairs at a time send {window}, and when these have arrived "
        + "the next ones do, round all pairs: as many in flight with both numbers, and as many frames behind each other on a socket";

    protected override string Unit => "connections";

    protected override int Few => 50;

    protected override int Many => 5_000;

    public override int OpenFiles(ScenarioSettings settings) => Many + OtherDescriptors;

    protected override Task<StreamWindow> MeasureAsync(ITarget target, int count, ScenarioSettings settings, CancellationToken cancelled)
    {
        using var run = new StreamRun(cancelled);
        var (tag, shared) = (RunTag.Next(), new SharedWindow(PairsInTurn));
        for (var i = 0; i < count / 2; i++)
        {
            var (from, to) = ($"{tag}s{i:d4}", $"{tag}r{i:d4}");
            var receiver = run.AddReceiver(to, target.ServerB);
            run.AddSender(new StreamSettings(from, to, 1, BodyLength, window, Shared: shared), target.ServerA, [receiver]);
            if (i % PairsAtOnce == PairsAtOnce - 1)
                run.WaitForUpgrades();
        }

        run.WaitUntilOpen();
        run.StartSending();
        return Task.FromResult(StreamWindow.Measure(run, target, settings.WarmUp, settings.Window));
    }
}
