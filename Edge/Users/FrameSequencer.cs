namespace MtSockets.Edge.Users;

/// <summary>
/// The order of one client's messages, without any input or output. Numbered messages (from the log) come out as n+1 after
/// n, each once, whatever is lost, doubled or overtaken on the way; the log fills what is missing. Messages without a
/// number (0) keep their place among those that arrived before and after them.
/// </summary>
/// <remarks>Not thread-safe: its session guards it.</remarks>
internal sealed class FrameSequencer<T>(long? cursor)
{
    private readonly List<(long Seq, T Item, int Bytes)> _held = [];
    private int _heldBeforeRead;

    /// <summary>The last number that came out; null while it is not known where to begin.</summary>
    public long? Cursor { get; private set; } = cursor;

    /// <summary>The log is being read: what comes live waits behind it.</summary>
    public bool IsReading { get; private set; }

    /// <summary>Something waits for a number that has not come.</summary>
    public bool HasGap => !IsReading && _held.Count > 0;

    /// <summary>The size of all that waits.</summary>
    public int HeldBytes { get; private set; }

    /// <summary>Decides about what comes live. After <see cref="Arrival.Pass"/>, <see cref="TryRelease"/> may give more.</summary>
    public Arrival Offer(long seq)
    {
        if (seq > 0 && seq <= Cursor)
            return Arrival.Drop;
        if (IsReading)
            return Arrival.Hold;
        if (seq == 0)
            return _held.Count == 0 ? Arrival.Pass : Arrival.Hold;
        if (seq != Cursor + 1)
            return Arrival.Hold;
        Cursor = seq;
        return Arrival.Pass;
    }

    public void Hold(long seq, T item, int bytes = 0)
    {
        _held.Add((seq, item, bytes));
        HeldBytes += bytes;
    }

    /// <summary>Gives the next of what was held, where it may come out now.</summary>
    public bool TryRelease(out T? item)
    {
        item = default;
        while (!IsReading && _held.Count > 0)
        {
            var index = IsNext(_held[0].Seq) ? 0 : _held.FindIndex(held => held.Seq > 0 && held.Seq == Cursor + 1);
            if (index < 0)
                return false;

            var (seq, next, bytes) = _held[index];
            _held.RemoveAt(index);
            HeldBytes -= bytes;
            if (seq > 0 && seq <= Cursor)
                continue;
            if (seq > 0)
                Cursor = seq;
            item = next;
            return true;
        }

        return false;
    }

    public void BeginRead()
    {
        IsReading = true;
        _heldBeforeRead = _held.Count;
    }

    /// <summary>Whether a message read from the log must come out; it counts as such.</summary>
    public bool Read(long seq)
    {
        if (seq <= Cursor)
            return false;
        Cursor = seq;
        return true;
    }

    /// <summary>The log was read up to its last number. What it no longer has is gone for good.</summary>
    public void EndRead(long lastSeq)
    {
        IsReading = false;
        Cursor = Math.Max(Cursor ?? 0, lastSeq);
        // What was here before the log was read must have been in it: a log that does not know it has lost its memory.
        // It comes out all the same, but says nothing about the numbers to come.
        for (var i = 0; i < _heldBeforeRead; i++)
        {
            if (_held[i].Seq > lastSeq)
                _held[i] = _held[i] with { Seq = 0 };
        }
    }

    /// <summary>The log cannot be read now: what has no number goes on, the rest is found there later.</summary>
    public void AbandonRead()
    {
        IsReading = false;
        _held.RemoveAll(held => held.Seq > 0);
        HeldBytes = _held.Sum(held => held.Bytes);
    }

    /// <summary>The log has lost its memory and counts from the start again.</summary>
    public void Restart() => Cursor = 0;

    private bool IsNext(long seq) => seq == 0 || seq <= Cursor.GetValueOrDefault() || seq == Cursor + 1;
}
