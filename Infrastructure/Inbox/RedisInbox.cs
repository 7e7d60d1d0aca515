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

    public ValueTask<long> AppendAsync(string userId, ReadOnlyMemory<byte> frame, CancellationToken cancellationToken) =>
        redis.CallAsync(
            static async (database, s) => (long)await database.ScriptEvaluateAsync(InboxScripts.Append, Keys(s.userId), s.arguments),
            (userId, arguments: new RedisValue[]
            {
                frame.ToArray(),
                time.GetUtcNow().ToUnixTimeMilliseconds(),
                options.Value.MaxMessages,
                _retentionMs,
            }),
            cancellationToken);

    public ValueTask<InboxPage> ReadAsync(string userId, long? after, int count, CancellationToken cancellationToken) =>
        redis.CallAsync(
            static async (database, s) =>
            {
                var result = (RedisResult[])(await database.ScriptEvaluateAsync(
                    InboxScripts.Read, Keys(s.userId), [s.after is { } number ? number : RedisValue.EmptyString, s.count]))!;
                return Page(result, s.oldest);
            },
            (userId, after, count, oldest: time.GetUtcNow().ToUnixTimeMilliseconds() - _retentionMs),
            cancellationToken);

    public async ValueTask ConfirmAsync(IReadOnlyCollection<KeyValuePair<string, long>> confirmed, CancellationToken cancellationToken) =>
        await redis.CallAsync(
            static async (database, s) =>
            {
                await Task.WhenAll(s.confirmed.Select(entry => database.ScriptEvaluateAsync(
                    InboxScripts.Confirm, [RedisKeys.InboxConfirmed(entry.Key)], [entry.Value, s.timeToLive])));
                return true;
            },
            (confirmed, timeToLive: _retentionMs * 2),
            cancellationToken);

    private static RedisKey[] Keys(string userId) =>
        [RedisKeys.Inbox(userId), RedisKeys.InboxSeq(userId), RedisKeys.InboxConfirmed(userId)];

    private static InboxPage Page(RedisResult[] result, long oldest)
    {
        var entries = new List<InboxEntry>();
        foreach (var item in (RedisResult[])result[2]!)
        {
            // [id, [frame, <frame>, at, <ms>]]
            var entry = (RedisResult[])item!;
            var fields = (RedisValue[])entry[1]!;
            if ((long)fields[3] >= oldest)
                entries.Add(new InboxEntry(SeqOf((string)entry[0]!), (byte[])fields[1]!));
        }

        return new InboxPage((long)result[0], (long)result[1], entries);
    }

    private static long SeqOf(string id) =>
        long.Parse(id.AsSpan(0, id.IndexOf('-', StringComparison.Ordinal)), NumberStyles.None, CultureInfo.InvariantCulture);
}
