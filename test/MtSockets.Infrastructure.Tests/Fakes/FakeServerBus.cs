using System.Collections.Concurrent;
using System.Threading.Channels;
using MtSockets.Contracts.Bus;
using MtSockets.Infrastructure.Bus;

namespace MtSockets.Infrastructure.Tests.Fakes;

/// <summary>
/// A bus on which every publish waits until the test says what becomes of it. Like the real one it reads the batch while it
/// is published, and never after.
/// </summary>
internal sealed class FakeServerBus : IServerBus
{
    private readonly Channel<HeldPublish> _publishes = Channel.CreateUnbounded<HeldPublish>();
    private readonly ConcurrentBag<HeldPublish> _all = [];
    private int _inFlight;
    private int _mostInFlight;

    public bool IsUp { get; set; } = true;

    /// <summary>What becomes of every publish at once, without being held; null: the test decides.</summary>
    public PublishOutcome? Always { get; set; }

    public int MostInFlight => _mostInFlight;

    public bool HasPublish => _publishes.Reader.Count > 0;

    public ValueTask<PublishOutcome> PublishAsync(string routingKey, DeliverToServer batch, CancellationToken cancellationToken) =>
        HoldAsync(
            new HeldPublish(routingKey, batch.Origin, SeenMessage.Of(batch.Messages), batch.Messages.Json.ToArray(), IsPlain: false),
            cancellationToken);

    public ValueTask<PublishOutcome> PublishPlainAsync(
        string routingKey, ReadOnlyMemory<byte> frame, CancellationToken cancellationToken) =>
        HoldAsync(new HeldPublish(routingKey, "", [], frame.ToArray(), IsPlain: true), cancellationToken);

    public async Task<HeldPublish> NextAsync()
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        return await _publishes.Reader.ReadAsync(bound.Token);
    }

    /// <summary>Lets go of everything, at the end of a test.</summary>
    public void Release()
    {
        Always = PublishOutcome.Confirmed;
        foreach (var publish in _all)
            publish.Outcome.TrySetResult(PublishOutcome.Confirmed);
    }

    private async ValueTask<PublishOutcome> HoldAsync(HeldPublish publish, CancellationToken cancellationToken)
    {
        // As the real one: what was given up counts as not sent.
        using var givenUp = cancellationToken.Register(() => publish.Outcome.TrySetResult(PublishOutcome.Failed));
        var inFlight = Interlocked.Increment(ref _inFlight);
        _mostInFlight = Math.Max(_mostInFlight, inFlight);
        _all.Add(publish);
        _publishes.Writer.TryWrite(publish);
        var outcome = Always ?? await publish.Outcome.Task;
        Interlocked.Decrement(ref _inFlight);
        return outcome;
    }
}
