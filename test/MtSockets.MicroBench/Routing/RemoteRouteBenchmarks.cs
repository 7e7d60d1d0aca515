using BenchmarkDotNet.Attributes;
using MtSockets.Edge.Protocol;
using MtSockets.Edge.Routing;
using MtSockets.Infrastructure.Outbox;
using MtSockets.MicroBench.Servers;

namespace MtSockets.MicroBench.Routing;

/// <summary>
/// The way of a message to another server, from the router to the bus: the look-up and the outbox with its batches, with nothing
/// behind either. What is gathered from one read is routed with one call.
/// </summary>
[MemoryDiagnoser]
public class RemoteRouteBenchmarks
{
    private const int Messages = 512;

    private Router _router = null!;
    private ConfirmingBus _bus = null!;
    private OutgoingMessage[] _gathered = [];
    private long _bytesARun;

    [Params(1, 32)]
    public int MessagesACall { get; set; }

    [GlobalSetup(Target = nameof(OneRecipient))]
    public Task SetUpOneRecipientAsync() => SetUpAsync(_ => "bob");

    [GlobalSetup(Target = nameof(ManyRecipients))]
    public Task SetUpManyRecipientsAsync() => SetUpAsync(i => $"bob-{i}");

    [Benchmark(Baseline = true, OperationsPerInvoke = Messages)]
    public Task OneRecipient() => RunAsync();

    [Benchmark(OperationsPerInvoke = Messages)]
    public Task ManyRecipients() => RunAsync();

    private async Task RunAsync()
    {
        var end = _bus.Bytes + _bytesARun;
        await RouteAsync();

        // Else the router would run ahead of the outbox, and the memory of what waits there would be counted.
        for (var waiting = new SpinWait(); _bus.Bytes < end;)
            waiting.SpinOnce(sleep1Threshold: -1);
    }

    private async Task RouteAsync()
    {
        for (var call = 0; call < Messages / MessagesACall; call++)
        {
            var outcomes = await _router.RouteAsync(_gathered, CancellationToken.None);
            if (outcomes[^1] != RouteOutcome.Sent)
                throw new InvalidOperationException($"A message was not sent: {outcomes[^1]}.");
        }
    }

    private async Task SetUpAsync(Func<int, string> recipient)
    {
        var server = new BenchServer();
        _router = server.Get<Router>();
        _bus = server.Bus;
        _gathered = [.. Enumerable.Range(0, MessagesACall).Select(i =>
        {
            var user = recipient(i);
            server.EnterElsewhere(user);
            return new OutgoingMessage(user, FrameWriter.Message("alice", user, SampleFrames.Body), Origin: null);
        })];

        await RouteAsync();
        var outboxes = server.Get<ServerOutboxes>();
        SpinWait.SpinUntil(() => outboxes.IsIdle);
        _bytesARun = _bus.Bytes;
    }
}
