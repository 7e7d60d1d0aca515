using MtSockets.Contracts.Bus;
using MtSockets.Infrastructure.Bus;

namespace MtSockets.MicroBench.Servers;

/// <summary>Takes the place of RabbitMQ: every batch is confirmed at once and forgotten.</summary>
internal sealed class ConfirmingBus : IServerBus
{
    private long _bytes;

    /// <summary>
    /// What was confirmed. A batch of n messages has n + 1 brackets and commas; with one of them left out, the same messages are the
    /// same number of bytes however they were put into batches.
    /// </summary>
    public long Bytes => Volatile.Read(ref _bytes);

    public bool IsUp => true;

    public ValueTask<PublishOutcome> PublishAsync(string routingKey, DeliverToServer batch, CancellationToken cancellationToken)
    {
        Interlocked.Add(ref _bytes, batch.Messages.Json.Length - 1);
        return ValueTask.FromResult(PublishOutcome.Confirmed);
    }

    public ValueTask<PublishOutcome> PublishPlainAsync(string routingKey, ReadOnlyMemory<byte> frame, CancellationToken cancellationToken) =>
        throw new NotSupportedException("No server here is of the first implementation.");
}
