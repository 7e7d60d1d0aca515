using System.Globalization;
using Microsoft.Extensions.Options;
using MtSockets.Contracts.Naming;
using MtSockets.Infrastructure.Redis;
using StackExchange.Redis;

namespace MtSockets.Infrastructure.Inbox;

/// <summary>The logs as Redis streams. The id of an entry is its number: <c>41-0</c>.</summary>
internal sealed class RedisInbox(RedisConnection redis, IOptions<InboxOptions> options, TimeProvider time) : IInbox
{
    private readonly long _retentionMs = (long)options.Value.Retention.TotalMilliseconds;

    public ValueTask<IReadOnlyList<InboxAppended>> AppendAsync(
        string userId, IReadOnlyList<InboxMessage> messages, CancellationToken cancellationToken) =>
        redis.CallOnceAsync(
            static async (database, s) =>
            {
                // The whole script each time: a Redis that has forgotten it would refuse many appends, and their repetition would mix them.
                var answer = (RedisResult[])(await database.ScriptEvaluateAsync(
                    InboxScripts.Append, s.keys, s.arguments, CommandFlags.NoScriptCache))!;
                return (IReadOnlyList<InboxAppended>)Array.ConvertAll(answer, static number =>
                    new InboxAppended(Math.Abs((long)number), IsDuplicate: (long)number < 0));
            },
            (keys: AppendKeys(userId, messages), arguments: AppendArguments(messages)),
            cancellationToken);

    public ValueTask<InboxPage> ReadAsync(string userId, long? after, int count, CancellationToken cancellationToken) =>
        redis.CallAsync(
            static async (database, s) =>
            {
                var result = (RedisResult[])(await database.ScriptEvaluateAsync(
                    InboxScripts.Read, Keys(s.userId), [s.after is { } number ? number : RedisValue.EmptyString, s.count]))!;
                return Page(result, s.count, s.oldest);
            },
            (userId, after, count, oldest: time.GetUtcNow().ToUnixTimeMilliseconds() - _retentionMs),
            cancellationToken);

    public ValueTask<IReadOnlyList<long>> LastAsync(IReadOnlyList<string> userIds, CancellationToken cancellationToken) =>
        redis.CallAsync(
            static async (database, users) =>
            {
                // One command each, not MGET: the keys of different users are on different nodes of a cluster.
                var batch = database.CreateBatch();
                var asked = users.Select(user => RedisGarbage.ToDefaultAsync(batch.StringGetAsync(RedisKeys.InboxSeq(user)))).ToArray();
                batch.Execute();
                var answers = await Task.WhenAll(asked);
                return (IReadOnlyList<long>)Array.ConvertAll(answers, static value => value.TryParse(out long number) ? number : 0);
            },
            userIds,
            cancellationToken);

    public ValueTask<IReadOnlyList<InboxReceipt>> ConfirmAsync(
        IReadOnlyCollection<KeyValuePair<string, long>> confirmed, CancellationToken cancellationToken) =>
        redis.CallAsync(
            static async (database, s) =>
            {
                var users = s.confirmed.ToArray();
                // Each for himself: what has been taken for one is gone from Redis, and must not be lost because of another.
                var answers = await Task.WhenAll(users.Select(entry => RedisGarbage.ToDefaultAsync(database.ScriptEvaluateAsync(
                    InboxScripts.Confirm,
                    [RedisKeys.InboxConfirmed(entry.Key), RedisKeys.InboxReceipts(entry.Key), RedisKeys.InboxSeq(entry.Key)],
                    [entry.Value, s.timeToLive]))));
                return (IReadOnlyList<InboxReceipt>)[.. users.Zip(answers).SelectMany(pair => Receipts(pair.First.Key, pair.Second))];
            },
            (confirmed, timeToLive: _retentionMs * 2),
            cancellationToken);

    private static RedisKey[] Keys(string userId) =>
        [RedisKeys.Inbox(userId), RedisKeys.InboxSeq(userId), RedisKeys.InboxConfirmed(userId)];

    private static RedisKey[] AppendKeys(string userId, IReadOnlyList<InboxMessage> messages)
    {
        var keys = new List<RedisKey>(4 + messages.Count);
        keys.AddRange(Keys(userId));
        keys.Add(RedisKeys.InboxReceipts(userId));
        foreach (var message in messages)
        {
            if (message.Id.Length > 0)
                keys.Add(RedisKeys.InboxDedup(userId, message.SenderId, message.Id));
        }

        return [.. keys];
    }

    private RedisValue[] AppendArguments(IReadOnlyList<InboxMessage> messages)
    {
        var arguments = new RedisValue[4 + (4 * messages.Count)];
        arguments[0] = time.GetUtcNow().ToUnixTimeMilliseconds();
        arguments[1] = options.Value.MaxMessages;
        arguments[2] = _retentionMs;
        arguments[3] = (long)options.Value.DedupWindow.TotalMilliseconds;
        for (int i = 0, at = 4; i < messages.Count; i++, at += 4)
        {
            var message = messages[i];
            arguments[at] = message.Frame.ToArray();
            arguments[at + 1] = message.Extra.ToArray();
            arguments[at + 2] = message.WantsReceipt ? ReceiptOf(message) : "";
            arguments[at + 3] = message.Id.Length > 0 ? "1" : "";
        }

        return arguments;
    }

    // <length of the sender>:<sender><id>
    private static string ReceiptOf(in InboxMessage message) =>
        string.Create(CultureInfo.InvariantCulture, $"{message.SenderId.Length}:{message.SenderId}{message.Id}");

    private static IEnumerable<InboxReceipt> Receipts(string userId, RedisResult? answer)
    {
        if (answer is null)
            yield break;
        foreach (var value in (RedisValue[])answer!)
        {
            var text = (string)value!;
            var colon = text.IndexOf(':', StringComparison.Ordinal);
            // What is not of this form was not written by us.
            if (!int.TryParse(text.AsSpan(0, Math.Max(colon, 0)), NumberStyles.None, CultureInfo.InvariantCulture, out var length)
                || length > text.Length - colon - 1)
            {
                continue;
            }

            yield return new InboxReceipt(text.Substring(colon + 1, length), text[(colon + 1 + length)..], userId);
        }
    }

    private static InboxPage Page(RedisResult[] result, int count, long oldest)
    {
        var (after, lastSeq) = ((long)result[0], (long)result[1]);
        var items = (RedisResult[])result[2]!;
        var entries = new List<InboxEntry>(items.Length);
        var readTo = after;
        foreach (var item in items)
        {
            // [id, [frame, <frame>, at, <ms>, extra, <extra>]]
            var entry = (RedisResult[])item!;
            var fields = (RedisValue[])entry[1]!;
            readTo = SeqOf((string)entry[0]!);
            if ((long)fields[3] >= oldest)
                entries.Add(new InboxEntry(readTo, (byte[])fields[1]!, (byte[])fields[5]!));
        }

        return new InboxPage(after, lastSeq, entries, readTo, HasMore: items.Length == count);
    }

    private static long SeqOf(string id) =>
        long.Parse(id.AsSpan(0, id.IndexOf('-', StringComparison.Ordinal)), NumberStyles.None, CultureInfo.InvariantCulture);
}
