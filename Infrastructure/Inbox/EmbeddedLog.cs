namespace MtSockets.Infrastructure.Inbox;

/// <summary>One user's log in memory. Guarded by itself.</summary>
internal sealed class EmbeddedLog
{
    private readonly Queue<(InboxEntry Entry, DateTimeOffset At)> _entries = new();
    private readonly Dictionary<(string Sender, string Id), long> _known = [];
    private readonly Queue<((string Sender, string Id) Key, DateTimeOffset Until)> _knownUntil = new();
    private readonly Queue<(long Seq, string Sender, string Id)> _receipts = new();
    private long _lastSeq;
    private long _confirmed;

    public long LastSeq => Volatile.Read(ref _lastSeq);

    public InboxAppended Append(in InboxMessage message, InboxOptions options, DateTimeOffset now)
    {
        ForgetIds(now);
        var key = (message.SenderId, message.Id);
        if (message.Id.Length > 0 && _known.TryGetValue(key, out var seq))
            return new InboxAppended(seq, IsDuplicate: true);

        DropOld(now - options.Retention);
        if (_entries.Count >= options.MaxMessages)
            _entries.Dequeue();
        seq = ++_lastSeq;
        _entries.Enqueue((new InboxEntry(seq, message.Frame.ToArray(), message.Extra.ToArray()), now));

        if (message.Id.Length > 0)
        {
            _known[key] = seq;
            _knownUntil.Enqueue((key, now + options.DedupWindow));
        }

        if (message.WantsReceipt)
            AddReceipt(seq, message, options);
        return new InboxAppended(seq, IsDuplicate: false);
    }

    public InboxPage Read(long? after, int count, DateTimeOffset oldest)
    {
        DropOld(oldest);
        var start = after ?? _confirmed;
        InboxEntry[] entries = [.. _entries.Select(item => item.Entry).Where(entry => entry.Seq > start).Take(count)];
        return new InboxPage(start, _lastSeq, entries, entries.Length > 0 ? entries[^1].Seq : start, HasMore: entries.Length == count);
    }

    public IEnumerable<(string Sender, string Id)> Confirm(long seq)
    {
        // What has not been written yet, nobody has received.
        seq = Math.Min(seq, _lastSeq);
        _confirmed = Math.Max(_confirmed, seq);
        List<(string, string)> due = [];
        while (_receipts.TryPeek(out var receipt) && receipt.Seq <= seq)
            due.Add((_receipts.Peek().Sender, _receipts.Dequeue().Id));
        return due;
    }

    private void AddReceipt(long seq, in InboxMessage message, InboxOptions options)
    {
        _receipts.Enqueue((seq, message.SenderId, message.Id));
        if (_receipts.Count > options.MaxMessages)
            _receipts.Dequeue();
    }

    private void ForgetIds(DateTimeOffset now)
    {
        while (_knownUntil.TryPeek(out var oldest) && oldest.Until <= now)
            _known.Remove(_knownUntil.Dequeue().Key);
    }

    private void DropOld(DateTimeOffset limit)
    {
        while (_entries.TryPeek(out var oldest) && oldest.At < limit)
            _entries.Dequeue();
    }
}
