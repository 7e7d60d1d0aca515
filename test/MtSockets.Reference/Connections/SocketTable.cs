using System.Collections.Concurrent;
using System.Text;

namespace MtSockets.Reference.Connections;

/// <summary>The connections of each user. Readers take an immutable array, so that sending needs no lock.</summary>
internal sealed class SocketTable
{
    private const int MaxUserIdChars = 256;

    private readonly ConcurrentDictionary<string, ReferenceConnection[]> _users = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ReferenceConnection[]>.AlternateLookup<ReadOnlySpan<char>> _byChars;
    private readonly Lock _gate = new();

    public SocketTable() => _byChars = _users.GetAlternateLookup<ReadOnlySpan<char>>();

    public void Add(string userId, ReferenceConnection connection)
    {
        lock (_gate)
            _users[userId] = _users.TryGetValue(userId, out var present) ? [.. present, connection] : [connection];
    }

    public void Remove(string userId, ReferenceConnection connection)
    {
        lock (_gate)
        {
            if (!_users.TryGetValue(userId, out var present))
                return;
            ReferenceConnection[] left = [.. present.Where(other => other != connection)];
            if (left.Length == 0)
                _users.TryRemove(userId, out _);
            else
                _users[userId] = left;
        }
    }

    /// <summary>Finds a user by the raw bytes of his id, without making a string of them.</summary>
    public ReadOnlySpan<ReferenceConnection> Find(ReadOnlySpan<byte> userId)
    {
        if (userId.Length > MaxUserIdChars)
            return [];
        Span<char> chars = stackalloc char[MaxUserIdChars];
        var length = Encoding.UTF8.GetChars(userId, chars);
        return _byChars.TryGetValue(chars[..length], out var found) ? found : [];
    }
}
