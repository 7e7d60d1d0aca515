using MtSockets.Infrastructure.Registry;

namespace MtSockets.Infrastructure.Tests.Fakes;

/// <summary>One look-up at a <see cref="FakeUserRegistry"/>.</summary>
internal sealed record HeldLookup(IReadOnlyList<RouteQuestion> Questions)
{
    public IEnumerable<string> Users => Questions.Select(question => question.UserId);

    public TaskCompletionSource<IReadOnlyList<UserRoute>> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Says of every user that he is on the server with his name.</summary>
    public void Complete() => Answer.SetResult([.. Users.Select(user => new UserRoute(["on-" + user], null))]);
}
