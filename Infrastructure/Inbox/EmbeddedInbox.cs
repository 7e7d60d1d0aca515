using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace MtSockets.Infrastructure.Inbox;

/// <summary>The logs in the memory of this process.</summary>
internal sealed class EmbeddedInbox(IOptions<InboxOptions> options, TimeProvider time) : IInbox
{
    private readonly ConcurrentDictionary<string, EmbeddedLog> _logs = new(StringComparer.Ordinal);

    public ValueTask<IReadOnlyList<InboxAppended>> AppendAsync(
        string userId, IReadOnlyList<InboxMessage> messages, CancellationToken cancellationToken)
    {
        var appended = new InboxAppended[messages.Count];
        var log = LogOf(userId);
        lock (log)
        {
            for (var i = 0; i < appended.Length; i++)
                appended[i] = log.Append(messages[i], options.Value, time.GetUtcNow());
        }

        return ValueTask.FromResult<IReadOnlyList<InboxAppended>>(appended);
    }

    public ValueTask<InboxPage> ReadAsync(string userId, long? after, int count, CancellationToken cancellationToken)
    {
        var log = LogOf(userId);
        lock (log)
            return ValueTask.FromResult(log.Read(after, count, time.GetUtcNow() - options.Value.Retention));
    }

    public ValueTask<IReadOnlyList<long>> LastAsync(IReadOnlyList<string> userIds, CancellationToken cancellationToken)
    {
        IReadOnlyList<long> last = [.. userIds.Select(user => _logs.TryGetValue(user, out var log) ? log.LastSeq : 0)];
        return ValueTask.FromResult(last);
    }

    public ValueTask<IReadOnlyList<InboxReceipt>> ConfirmAsync(
        IReadOnlyCollection<KeyValuePair<string, long>> confirmed, CancellationToken cancellationToken)
    {
        List<InboxReceipt> due = [];
        foreach (var (userId, seq) in confirmed)
        {
            var log = LogOf(userId);
            lock (log)
                due.AddRange(log.Confirm(seq).Select(receipt => new InboxReceipt(receipt.Sender, receipt.Id, userId)));
        }

        return ValueTask.FromResult<IReadOnlyList<InboxReceipt>>(due);
    }

    private EmbeddedLog LogOf(string userId) => _logs.GetOrAdd(userId, static _ => new EmbeddedLog());
}
