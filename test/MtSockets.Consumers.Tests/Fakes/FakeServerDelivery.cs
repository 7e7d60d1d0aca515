using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using MtSockets.Consumers.Messages;
using MtSockets.Contracts.Bus;

namespace MtSockets.Consumers.Tests.Fakes;

/// <summary>Writes down what is delivered, one line a call.</summary>
internal sealed class FakeServerDelivery : IServerDelivery
{
    /// <summary>A frame that contains this cannot be read.</summary>
    public const string Unreadable = "unreadable";

    private readonly ConcurrentQueue<string> _calls = new();

    public IReadOnlyList<string> Calls => [.. _calls];

    public void Deliver(string origin, MessageBatch batch) => Take($"{origin}: {Encoding.UTF8.GetString(batch.Json.Span)}");

    public void DeliverPlain(ReadOnlyMemory<byte> frame, bool toAll) =>
        Take($"plain{(toAll ? " to all" : "")}: {Encoding.UTF8.GetString(frame.Span)}");

    private void Take(string call)
    {
        _calls.Enqueue(call);
        if (call.Contains(Unreadable, StringComparison.Ordinal))
            throw new JsonException(Unreadable);
    }
}
