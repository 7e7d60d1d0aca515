namespace MtSockets.Infrastructure.Registry;

/// <summary>The registry of a server that stands alone: everybody it holds is here and nowhere else.</summary>
internal sealed class EmbeddedUserRegistry(ServerIdentity identity, EmbeddedRegistryState state) : IUserRegistry
{
    public ValueTask<Registration> RegisterAsync(string userId, CancellationToken cancellationToken)
    {
        lock (state)
        {
            state.Enter(userId, identity.ServerId);
            return ValueTask.FromResult(new Registration(Others(state.ServersOf(userId)), state.RouteLeasesOf(userId)));
        }
    }

    public async ValueTask<IReadOnlyList<string>> UnregisterAsync(string userId, CancellationToken cancellationToken)
    {
        await RemoveAsync(identity.ServerId, [userId], cancellationToken);
        lock (state)
            return Others(state.ServersOf(userId));
    }

    public ValueTask<IReadOnlyList<UserRoute>> LookupAsync(IReadOnlyList<RouteQuestion> questions, CancellationToken cancellationToken)
    {
        lock (state)
        {
            var routes = new UserRoute[questions.Count];
            for (var i = 0; i < routes.Length; i++)
            {
                var (user, lease) = questions[i];
                state.LeaseRoute(user, identity.ServerId, lease);
                routes[i] = new UserRoute([.. state.ServersOf(user)], state.Last.GetValueOrDefault(user)) { IsLeased = lease > TimeSpan.Zero };
            }

            return ValueTask.FromResult<IReadOnlyList<UserRoute>>(routes);
        }
    }

    public ValueTask<IReadOnlyList<string>> UsersOfAsync(string serverId, int count, CancellationToken cancellationToken)
    {
        lock (state)
        {
            IReadOnlyList<string> users =
                [.. state.Servers.Where(entry => entry.Value.Contains(serverId)).Select(entry => entry.Key).Take(count)];
            return ValueTask.FromResult(users);
        }
    }

    public ValueTask RemoveAsync(string serverId, IReadOnlyList<string> userIds, CancellationToken cancellationToken)
    {
        lock (state)
        {
            foreach (var user in userIds)
                state.Leave(user, serverId);
        }

        return ValueTask.CompletedTask;
    }

    private IReadOnlyList<string> Others(IReadOnlyCollection<string> servers) => [.. servers.Where(server => server != identity.ServerId)];
}
