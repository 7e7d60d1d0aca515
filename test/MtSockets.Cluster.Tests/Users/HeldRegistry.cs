using MtSockets.Infrastructure.Registry;

namespace MtSockets.Cluster.Tests.Users;

/// <summary>A registry whose answer to a registration is on its way for as long as a test wants.</summary>
internal sealed class HeldRegistry(IUserRegistry inner) : IUserRegistry
{
    private readonly TaskCompletionSource _registered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The user is entered, and the answer is on its way.</summary>
    public Task Registered => _registered.Task;

    public void Release() => _released.TrySetResult();

    public async ValueTask<Registration> RegisterAsync(string userId, CancellationToken cancellationToken)
    {
        var registration = await inner.RegisterAsync(userId, cancellationToken);
        _registered.TrySetResult();
        await _released.Task;
        return registration;
    }

    public ValueTask<IReadOnlyList<string>> UnregisterAsync(string userId, CancellationToken cancellationToken) =>
        inner.UnregisterAsync(userId, cancellationToken);

    public ValueTask<IReadOnlyList<UserRoute>> LookupAsync(IReadOnlyList<RouteQuestion> questions, CancellationToken cancellationToken) =>
        inner.LookupAsync(questions, cancellationToken);

    public ValueTask<IReadOnlyList<string>> UsersOfAsync(string serverId, int count, CancellationToken cancellationToken) =>
        inner.UsersOfAsync(serverId, count, cancellationToken);

    public ValueTask RemoveAsync(string serverId, IReadOnlyList<string> userIds, CancellationToken cancellationToken) =>
        inner.RemoveAsync(serverId, userIds, cancellationToken);
}
