using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using MtSockets.Contracts.Bus;
using MtSockets.Infrastructure.Tests.Fakes;

namespace MtSockets.Infrastructure.Tests.Bus;

/// <summary>What a server's consumer got, in the order in which it came.</summary>
internal sealed class ReceivedMessages
{
    /// <summary>A consumer that sees this user in a batch fails, as one does that meets something it cannot read.</summary>
    public const string Poison = "poison";

    private readonly Channel<Received> _received = Channel.CreateUnbounded<Received>();

    private int _failures;

    public int Failures => Volatile.Read(ref _failures);

    public bool IsEmpty => _received.Reader.Count == 0;

    public void Take(DeliverToServer batch, byte[] body)
    {
        if (batch.Messages is not { } messages)
        {
            // As the real consumer does: what is no plain message is for the dead-letter queue.
            using var plain = JsonDocument.Parse(body);
            plain.RootElement.GetProperty("to");
            _received.Writer.TryWrite(new Received("", [], Encoding.UTF8.GetString(body)));
            return;
        }

        var seen = SeenMessage.Of(messages);
        if (seen.Any(message => message.User == Poison))
        {
            Interlocked.Increment(ref _failures);
            throw new JsonException("poisoned by " + seen[^1].Frame);
        }

        _received.Writer.TryWrite(new Received(batch.Origin, seen, null));
    }

    public async Task<Received> NextAsync()
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        return await _received.Reader.ReadAsync(bound.Token);
    }
}
