using System.Collections.Concurrent;
using MtSockets.Infrastructure;
using MtSockets.Infrastructure.Registry;

namespace MtSockets.Edge.Tests.Fakes;

/// <summary>The embedded registry of one server, whose store can be away and into whose calls a test can step.</summary>
internal sealed class FlakyRegistry(ServerIdentity identity, World world) : IUserRegistry
{
    private readonly EmbeddedUserRegistry _inner = new(identity, world.Registry);

    /// <summary>Names of the calls that were made.</summary>
    public ConcurrentQueue<string> Calls { get; } = new();

    /// <summary>Runs when users were removed for a server.</summary>
    public Func<IReadOnlyList<string>, Task>? BeforeRemove { get; set; }

    /// <summary>When set, a registration is carried out but its answer does not come before this.</summary>
    public Task AnswerGate { get; set; } = Task.CompletedTask;

    /// <summary>When set, a look-up is carried out but its answer does not come before this.</summary>
    public Task LookupGate { get; set; } = Task.CompletedTask;

    public async ValueTask<Registration> RegisterAsync(string userId, CancellationToken cancellationToken)
    {
        Enter("register " + userId);
        var registration = await _inner.RegisterAsync(userId, cancellationToken);
        await AnswerGate.WaitAsync(cancellationToken);
        return registration;
    }

    public ValueTask<IReadOnlyList<string>> UnregisterAsync(string userId, CancellationToken cancellationToken)
    {
        Enter("unregister " + userId);
        return _inner.UnregisterAsync(userId, cancellationToken);
    }

    public async ValueTask<IReadOnlyList<UserRoute>> LookupAsync(IReadOnlyList<RouteQuestion> questions, CancellationToken cancellationToken)
    {
        Enter("lookup " + string.Join(",", questions.Select(question => question.UserId)));
        var routes = await _inner.LookupAsync(questions, cancellationToken);
        await LookupGate.WaitAsync(cancellationToken);
        return routes;
    }

    public ValueTask<IReadOnlyList<string>> UsersOfAsync(string serverId, int count, CancellationToken cancellationToken)
    {
        Enter("users of " + serverId);
        return _inner.UsersOfAsync(serverId, count, cancellationToken);
    }

    public async ValueTask RemoveAsync(string serverId, IReadOnlyList<string> userIds, CancellationToken cancellationToken)
    {
        Enter("remove " + string.Join(",", userIds));
        if (BeforeRemove is { } step)
            await step(userIds);
        await _inner.RemoveAsync(serverId, userIds, cancellationToken);
    }

    private void Enter(string call)
    {
        if (!world.IsRedisUp)
            throw new DependencyUnavailableException("Redis");
        Calls.Enqueue(call);
    }
}
