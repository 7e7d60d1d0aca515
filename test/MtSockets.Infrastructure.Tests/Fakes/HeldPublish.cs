using MtSockets.Infrastructure.Bus;

namespace MtSockets.Infrastructure.Tests.Fakes;

/// <summary>
/// One publish on a <see cref="FakeServerBus"/>; <paramref name="Body"/> is the JSON array of a batch, or the plain frame.
/// </summary>
internal sealed record HeldPublish(string RoutingKey, string Origin, IReadOnlyList<SeenMessage> Messages, byte[] Body, bool IsPlain)
{
    public TaskCompletionSource<PublishOutcome> Outcome { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IEnumerable<string> Users => Messages.Select(message => message.User);

    public void Confirm() => Outcome.SetResult(PublishOutcome.Confirmed);
}
