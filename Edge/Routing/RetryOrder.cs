namespace MtSockets.Edge.Routing;

/// <summary>
/// Keeps the acknowledged messages of one connection in order across a failure. A client sends on before it hears that a
/// message was not accepted; what follows to the same recipient must not overtake it. So it is refused too, until the client
/// has sent again what is missing, in the order in which it was sent first.
/// </summary>
/// <remarks>Not thread-safe: it belongs to the connection's reader.</remarks>
internal sealed class RetryOrder(TimeProvider time)
{
    // Of one recipient. More than any client has under way; what is refused beyond it comes in the order in which the client sends it again.
    private const int MaxMissing = 1000;

    // Of all recipients together. A client that writes to more of them than this in an outage sends none of it again in order.
    private const int MaxMissingOfAll = 10_000;

    // A client that has not sent a message again by then never will, and is not held up by it any longer.
    private static readonly TimeSpan GivenUpAfter = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, Missing> _missing = new(StringComparer.Ordinal);
    private int _count;

    /// <summary>Nothing is missing.</summary>
    public bool IsEmpty => _missing.Count == 0;

    /// <summary>False where something before it is missing; it is missing itself then.</summary>
    public bool MayPass(in OutgoingMessage message)
    {
        if (!_missing.TryGetValue(message.User, out var missing))
            return true;
        if (missing.Ids[0] == message.Id)
        {
            missing.Ids.RemoveAt(0);
            _count--;
            if (missing.Ids.Count == 0)
                _missing.Remove(message.User);
            return true;
        }

        if (IsGivenUp(missing))
        {
            Forget(message.User, missing);
            return true;
        }

        if (missing.Ids.Count < MaxMissing && _count < MaxMissingOfAll && !missing.Ids.Contains(message.Id!))
        {
            missing.Ids.Add(message.Id!);
            _count++;
        }

        return false;
    }

    /// <summary>Notes which of some messages were not appended: those without a number.</summary>
    public void Note(IReadOnlyList<OutgoingMessage> messages, IReadOnlyList<long> numbers)
    {
        var now = time.GetTimestamp();
        // From the last to the first, each before what is missing already: what passed stood before that.
        for (var i = messages.Count - 1; i >= 0; i--)
        {
            if (numbers[i] > 0)
                continue;
            if (!_missing.TryGetValue(messages[i].User, out var missing))
                _missing[messages[i].User] = missing = new Missing();
            missing.Ids.Insert(0, messages[i].Id!);
            missing.LastFailure = now;
            _count++;
        }

        if (_count > MaxMissingOfAll)
            MakeRoom();
    }

    private void MakeRoom()
    {
        // Not only what is given up: that may be nothing yet. Half of it, so that this is not to be done for every message.
        foreach (var (user, missing) in _missing.OrderBy(entry => entry.Value.LastFailure).ToArray())
        {
            if (_count <= MaxMissingOfAll / 2 && !IsGivenUp(missing))
                break;
            Forget(user, missing);
        }
    }

    private bool IsGivenUp(Missing missing) => time.GetElapsedTime(missing.LastFailure) > GivenUpAfter;

    private void Forget(string user, Missing missing)
    {
        _missing.Remove(user);
        _count -= missing.Ids.Count;
    }

    private sealed class Missing
    {
        public List<string> Ids { get; } = [];

        public long LastFailure { get; set; }
    }
}
