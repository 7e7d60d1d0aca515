using System.Collections.Concurrent;
using MtSockets.Contracts.Bus;
using MtSockets.Infrastructure.Outbox;

namespace MtSockets.Infrastructure.Tests.Fakes;

/// <summary>Keeps what outboxes give back.</summary>
internal sealed class RecordedUndelivered : IUndeliveredMessages
{
    private readonly ConcurrentQueue<GivenBack> _messages = new();

    public IReadOnlyList<GivenBack> Messages => [.. _messages];

    public void Take(string serverId, in ServerMessage message, IMessageOrigin? origin, OutboxFailure failure) =>
        _messages.Enqueue(new GivenBack(serverId, SeenMessage.Of(message), origin, failure));
}
