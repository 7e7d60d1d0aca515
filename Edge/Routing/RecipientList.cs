namespace MtSockets.Edge.Routing;

/// <summary>The different recipients of some messages.</summary>
internal sealed class RecipientList
{
    private readonly List<string> _ids = [];
    private readonly int[] _indexes;

    public RecipientList(IReadOnlyList<OutgoingMessage> messages)
    {
        _indexes = new int[messages.Count];
        Dictionary<string, int>? known = null;
        for (var i = 0; i < messages.Count; i++)
        {
            var user = messages[i].User;
            // The usual case: one recipient after the other is the same.
            if (i > 0 && user == messages[i - 1].User)
            {
                _indexes[i] = _indexes[i - 1];
                continue;
            }

            known ??= new Dictionary<string, int>(StringComparer.Ordinal);
            if (!known.TryGetValue(user, out var index))
            {
                known[user] = index = _ids.Count;
                _ids.Add(user);
            }

            _indexes[i] = index;
        }
    }

    public IReadOnlyList<string> Ids => _ids;

    /// <summary>For each of <see cref="Ids"/> the indexes of his messages, in order.</summary>
    public List<int>[] ByRecipient()
    {
        var groups = new List<int>[_ids.Count];
        for (var i = 0; i < _indexes.Length; i++)
            (groups[_indexes[i]] ??= []).Add(i);
        return groups;
    }

    /// <summary>Where the recipient of a message stands in <see cref="Ids"/>.</summary>
    public int IndexOf(int message) => _indexes[message];
}
