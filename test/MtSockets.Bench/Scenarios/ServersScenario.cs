using MtSockets.Bench.Load;
using MtSockets.Bench.Processes;

namespace MtSockets.Bench.Scenarios;

/// <summary>
/// The same load over two servers and over six. The pairs lie over every way from one server to another equally, each direction included.
/// There are 2 ways between two servers and 30 between six: with as many messages in flight in all, a batch holds far fewer.
/// </summary>
/// <param name="name">Name of the scenario.</param>
/// <param name="sameForEachServer">As many pairs for each server, as where servers are added because users have come; else as many in all.</param>
/// <param name="rate">Messages a second over all pairs, whatever comes back; 0: as many as a window in flight for each pair allows.</param>
internal sealed class ServersScenario(string name, bool sameForEachServer = false, int rate = 0) : GrowthScenario
{
    /// <summary>With two servers. As many for each of the 2 ways between two servers, and of the 30 between six.</summary>
    private const int Pairs = 60;

    private const int Window = 32;

    public override string Name => name;

    public override string Description =>
        $"{Few} and then {Many} servers, {(sameForEachServer ? $"{Pairs / Few} pairs for each server" : $"{Pairs} pairs in all with both numbers")}, "
        + (rate > 0 ? $"{rate:n0} messages/s, " : $"{Window} in flight for each pair, ")
        + "spread evenly over all ways from one server to another; fresh servers are under load until they are compiled";

    protected override string Unit => "servers";

    protected override int Few => 2;

    protected override int Many => 6;

    public override bool CanRunOn(ITarget target) => target.CanResize;

    protected override async Task<StreamWindow> MeasureAsync(ITarget target, int count, ScenarioSettings settings, CancellationToken cancelled)
    {
        try
        {
            await target.ResizeAsync(count, cancelled);
            if (rate > 0)
            {
                // At a fixed rate they would take minutes to be compiled.
                using var heating = Connect(target, count, Window, cancelled);
                heating.StartSending();
                FreshServers.Heat(heating, target);
                heating.Finish();
            }

            using var run = Connect(target, count, rate > 0 ? 0 : Window, cancelled);
            if (rate > 0)
            {
                run.StartPacing(rate);
            }
            else
            {
                run.StartSending();
                FreshServers.Heat(run, target);
            }

            return StreamWindow.Measure(run, target, settings.WarmUp, settings.Window);
        }
        finally
        {
            await target.ResizeAsync(Few, cancelled);
        }
    }

    private StreamRun Connect(ITarget target, int count, int window, CancellationToken cancelled)
    {
        var run = new StreamRun(cancelled);
        var (tag, servers) = (RunTag.Next(), target.Servers);
        var pairs = sameForEachServer ? Pairs / Few * count : Pairs;
        for (var i = 0; i < pairs; i++)
        {
            var (from, to) = ($"{tag}s{i:d4}", $"{tag}r{i:d4}");
            var sending = i % count;
            var receiving = (sending + 1 + i / count % (count - 1)) % count;
            var receiver = run.AddReceiver(to, servers[receiving]);
            run.AddSender(new StreamSettings(from, to, 1, BodyLength, window), servers[sending], [receiver]);
        }

        run.WaitUntilOpen();
        return run;
    }
}
