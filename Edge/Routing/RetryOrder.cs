namespace MtSockets.Edge.Routing;

/// <summary>
/// Keeps the acknowledged messages of one connection in order across a failure. A client sends on before it hears that a
/// message was not accepted; what follows to the same recipient must not overtake it. So it is refused too, until the client
/// has sent again what is missing, in the order in which it was sent first.
/// </summary>
/// <remarks>Not thread-safe: it belongs to the connection's reader.</remarks>
internal sealed class RetryOrder(TimeProvider time)
{
    // More than any client has under way; what is refused beyond it comes in the order in which the client sends it again.
    private const int MaxMissing = 1000;

    // A client that has not sent a message again by then never will, and is not held up by it any longer.
    private static readonly TimeSpan GivenUpAfter = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, List<string>> _missing = new(StringComparer.Ordinal);
    private long _lastFailure;

    /// <summary>Nothing is missing.</summary>
    public bool IsEmpty => _missing.Count == 0;

    /// <summary>False where something before it is missing; it is missing itself then.</summary>
    public bool MayPass(in OutgoingMessage message)
    {
        if (!_missing.TryGetValue(message.User, out var missing))
            return true;
        if (missing[0] == message.Id)
        {
            missing.RemoveAt(0);
        }
        else if (time.GetElapsedTime(_lastFailure) > GivenUpAfter)
        {
            missing.Clear();
        }
        else
        {
            if (missing.Count < MaxMissing && !missing.Contains(message.Id!))
                missing.Add(message.Id!);
            return false;
        }

        if (missing.Count == 0)
            _missing.Remove(message.User);
        return true;
    }

    /// <summary>Notes which of some messages were not appended: those without a number.</summary>
    public void Note(IReadOnlyList<OutgoingMessage> messages, IReadOnlyList<long> numbers)
    {
        _lastFailure = time.GetTimestamp();
        // From the last to the first, each before what is missing already: what passed stood before that.
        for (var i = messages.Count - 1; i >= 0; i--)
        {
            if (numbers[i] > 0)
                continue;
            if (!_missing.TryGetValue(messages[i].User, out var missing))
                _missing[messages[i].User] = missing = [];
            missing.Insert(0, messages[i].Id!);
        }
    }
}
