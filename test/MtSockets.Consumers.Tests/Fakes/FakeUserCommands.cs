using System.Collections.Concurrent;
using MtSockets.Consumers.Commands;
using MtSockets.Contracts.Commands;

namespace MtSockets.Consumers.Tests.Fakes;

/// <summary>Writes down the commands and answers as the test says.</summary>
internal sealed class FakeUserCommands : IUserCommands
{
    private readonly ConcurrentQueue<object> _calls = new();

    public IReadOnlyList<object> Calls => [.. _calls];

    /// <summary>The answer to the n-th command to send, beginning with 1.</summary>
    public Func<int, SendToUserResult> Answer { get; set; } = _ => new SendToUserResult(SendOutcome.Sent);

    /// <summary>Why the n-th command of another kind cannot be done, or null.</summary>
    public Func<int, string?> Failure { get; set; } = _ => null;

    public ValueTask<SendToUserResult> SendAsync(SendToUser command, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Answer(Enter(command)));

    public ValueTask<string?> BroadcastAsync(Broadcast command, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Failure(Enter(command)));

    public ValueTask<string?> DisconnectAsync(DisconnectUser command, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Failure(Enter(command)));

    private int Enter(object command)
    {
        _calls.Enqueue(command);
        return _calls.Count;
    }
}
