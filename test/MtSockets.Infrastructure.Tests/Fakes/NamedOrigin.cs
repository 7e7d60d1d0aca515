using MtSockets.Infrastructure.Outbox;

namespace MtSockets.Infrastructure.Tests.Fakes;

/// <summary>A sender that can be told from others.</summary>
internal sealed record NamedOrigin(string Name) : IMessageOrigin
{
    public void NotSent(string user, OutboxFailure failure) =>
        throw new InvalidOperationException("An outbox gives a message back; it does not talk to the sender.");
}
