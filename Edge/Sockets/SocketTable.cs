using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace MtSockets.Edge.Sockets;

/// <summary>Who is connected to this server.</summary>
internal sealed class SocketTable
{
    private readonly ConcurrentDictionary<string, LocalUser> _users = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, LocalUser>.AlternateLookup<ReadOnlySpan<char>> _byChars;
    private int _connections;

    public SocketTable() => _byChars = _users.GetAlternateLookup<ReadOnlySpan<char>>();

    public int ConnectionCount => Volatile.Read(ref _connections);

    /// <summary>Nobody is here any more, and the registry was told so of everybody.</summary>
    public bool IsEmpty => _users.IsEmpty;

    public IEnumerable<LocalUser> Users => _users.Select(static entry => entry.Value);

    public IEnumerable<Connection> Connections => Users.SelectMany(static user => user.Connections);

    public LocalUser Add(Connection connection)
    {
        while (true)
        {
            var user = _users.GetOrAdd(connection.UserId, static id => new LocalUser(id));
            if (!user.TryAdd(connection))
            {
                _users.TryRemove(KeyValuePair.Create(connection.UserId, user));
                continue;
            }

            Interlocked.Increment(ref _connections);
            return user;
        }
    }

    /// <summary>Takes a connection out; repeating it is harmless.</summary>
    public void Remove(LocalUser user, Connection connection)
    {
        if (user.Remove(connection))
            Interlocked.Decrement(ref _connections);
    }

    /// <summary>Takes a user out of the table where no connection of his is left.</summary>
    public void RemoveIfGone(LocalUser user)
    {
        if (user.TryRetire())
            _users.TryRemove(KeyValuePair.Create(user.Id, user));
    }

    public bool TryGet(ReadOnlySpan<char> userId, [NotNullWhen(true)] out LocalUser? user) => _byChars.TryGetValue(userId, out user);
}
