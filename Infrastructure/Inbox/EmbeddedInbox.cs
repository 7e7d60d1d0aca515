using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace MtSockets.Infrastructure.Inbox;

/// <summary>The logs in the memory of this process.</summary>
internal sealed class EmbeddedInbox(IOptions<InboxOptions> options, TimeProvider time) : IInbox
{
    private readonly ConcurrentDictionary<string, UserLog> _logs = new(StringComparer.Ordinal);

    public ValueTask<long> AppendAsync(string userId, ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        var log = _logs.GetOrAdd(userId, static _ => new UserLog());
        lock (log)
        {
            var now = time.GetUtcNow();
            log.DropOld(now - options.Value.Retention);
            if (log.Entries.Count >= options.Value.MaxMessages)
                log.Entries.Dequeue();
            log.LastSeq++;
            log.Entries.Enqueue((new InboxEntry(log.LastSeq, frame.ToArray()), now));
            return ValueTask.FromResult(log.LastSeq);
        }
    }

    public ValueTask<InboxPage> ReadAsync(string userId, long? after, int count, CancellationToken cancellationToken)
    {
        if (!_logs.TryGetValue(userId, out var log))
            return ValueTask.FromResult(new InboxPage(after ?? 0, 0, []));

        lock (log)
        {
            log.DropOld(time.GetUtcNow() - options.Value.Retention);
            var start = after ?? log.Confirmed;
            var entries = log.Entries.Select(item => item.Entry).Where(entry => entry.Seq > start).Take(count).ToArray();
            return ValueTask.FromResult(new InboxPage(start, log.LastSeq, entries));
        }
    }

    public ValueTask ConfirmAsync(IReadOnlyCollection<KeyValuePair<string, long>> confirmed, CancellationToken cancellationToken)
    {
        foreach (var (userId, seq) in confirmed)
        {
            var log = _logs.GetOrAdd(userId, static _ => new UserLog());
            lock (log)
                log.Confirmed = Math.Max(log.Confirmed, seq);
        }

        return ValueTask.CompletedTask;
    }

    private sealed class UserLog
    {
        public Queue<(InboxEntry Entry, DateTimeOffset At)> Entries { get; } = new();

        public long LastSeq { get; set; }

        public long Confirmed { get; set; }

        public void DropOld(DateTimeOffset limit)
        {
            while (Entries.TryPeek(out var oldest) && oldest.At < limit)
                Entries.Dequeue();
        }
    }
}
