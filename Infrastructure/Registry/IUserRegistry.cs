namespace MtSockets.Infrastructure.Registry;

/// <summary>Which servers hold a connection of a user.</summary>
internal interface IUserRegistry
{
    /// <summary>Enters this server for the user. Repeating it is harmless.</summary>
    ValueTask<Registration> RegisterAsync(string userId, CancellationToken cancellationToken);

    /// <summary>Removes this server's entry for the user and returns the servers that still hold him.</summary>
    ValueTask<IReadOnlyList<string>> UnregisterAsync(string userId, CancellationToken cancellationToken);

    /// <summary>The routes of many users with one round trip, in the order of <paramref name="questions"/>.</summary>
    ValueTask<IReadOnlyList<UserRoute>> LookupAsync(IReadOnlyList<RouteQuestion> questions, CancellationToken cancellationToken);

    /// <summary>The users that are entered for a server, up to <paramref name="count"/> of them.</summary>
    ValueTask<IReadOnlyList<string>> UsersOfAsync(string serverId, int count, CancellationToken cancellationToken);

    /// <summary>Removes the entries of these users for any server (a dead one, or this one when it was wrong).</summary>
    ValueTask RemoveAsync(string serverId, IReadOnlyList<string> userIds, CancellationToken cancellationToken);
}
