using System.Diagnostics;
using MtSockets.Bench.Load;
using MtSockets.Bench.Processes;

namespace MtSockets.Bench.Scenarios;

/// <summary>Many senders on one server, one recipient on the other, a fixed number of messages: none lost, each sender's in order.</summary>
internal sealed class SendersScenario : IScenario
{
    private const int Senders = 20;
    private const int MessagesEach = 100;
    private const int BodyLength = 100;
    private const int Window = 32;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public string Name => "senders20";

    public string Description => $"{Senders} senders on one server, one recipient on the other, {Senders * MessagesEach:n0} messages";

    public bool CanRunOn(ITarget target) => true;

    public Task<ScenarioResult> RunAsync(ITarget target, ScenarioSettings settings, CancellationToken cancelled)
    {
        using var run = new StreamRun(cancelled, MessagesEach);
        var tag = RunTag.Next();
        var recipient = run.AddReceiver($"{tag}r", target.ServerB);
        for (var i = 0; i < Senders; i++)
            run.AddSender(new StreamSettings($"{tag}s{i:d4}", recipient.UserId, 1, BodyLength, Window), target.ServerA, [recipient]);
        run.WaitUntilOpen();

        var meter = new CpuMeter(target.Processes());
        var started = Stopwatch.GetTimestamp();
        run.StartSending();
        run.Run(Limit, () => run.Statistics.Delivered >= Senders * MessagesEach || run.Statistics.Faults.Any);
        var taken = Stopwatch.GetElapsedTime(started);
        var reading = meter.Stop();
        run.Finish();

        var delivered = run.Statistics.Delivered;
        if (run.Sent != Senders * MessagesEach)
            run.Statistics.Faults.Add("not sent", $"{run.Sent} of {Senders * MessagesEach} messages could be sent", Senders * MessagesEach - run.Sent);
        Metric[] metrics = [new("delivered in order", "messages", delivered), new("all of them after", "ms", taken.TotalMilliseconds)];
        var faults = run.Statistics.Faults.Any ? run.Statistics.Faults.ToString() : null;
        return Task.FromResult(ScenarioResult.Create(Name, target, metrics, reading, delivered, "message", faults));
    }
}
