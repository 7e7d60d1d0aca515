namespace MtSockets.Infrastructure.Inbox;

/// <summary>
/// What must happen in one step on the side of Redis. All keys of one call belong to one user and share a hash tag.
/// Numbers pass through Lua's doubles, exact up to 2^53.
/// </summary>
internal static class InboxScripts
{
    /// <summary>
    /// KEYS: log, last number, confirmed number, receipts, the dedup key where the message has an id, and the one of the message
    /// that must be there before it.
    /// ARGV: frame, now in ms, most messages, retention in ms, extra, dedup window in ms, receipt ('' for none).
    /// Returns the number, negative where it is a duplicate, 0 where the one before it is not there.
    /// The numbers outlive the messages, so that a log that ran empty never starts again at 1 for a client that comes back.
    /// Old entries go a few at a time: each append adds one and may remove eight, so age is bounded and so is the work.
    /// </summary>
    public const string Append =
        """
        if KEYS[5] then
          local known = redis.call('GET', KEYS[5])
          if known then return -tonumber(known) end
        end
        if KEYS[6] and redis.call('EXISTS', KEYS[6]) == 0 then return 0 end
        local seq = redis.call('INCR', KEYS[2])
        local number = string.format('%.0f', seq)
        local limit = tonumber(ARGV[2]) - tonumber(ARGV[4])
        for _ = 1, 8 do
          local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
          if not first or tonumber(first[2][4]) >= limit then break end
          redis.call('XDEL', KEYS[1], first[1])
        end
        redis.call('XADD', KEYS[1], 'MAXLEN', '=', ARGV[3], number .. '-0', 'frame', ARGV[1], 'at', ARGV[2], 'extra', ARGV[5])
        redis.call('PEXPIRE', KEYS[1], ARGV[4])
        redis.call('PEXPIRE', KEYS[2], ARGV[4] * 2)
        redis.call('PEXPIRE', KEYS[3], ARGV[4] * 2)
        if KEYS[5] then redis.call('SET', KEYS[5], number, 'PX', ARGV[6]) end
        if ARGV[7] ~= '' then
          redis.call('ZADD', KEYS[4], number, ARGV[7])
          redis.call('ZREMRANGEBYRANK', KEYS[4], 0, -ARGV[3] - 1)
          redis.call('PEXPIRE', KEYS[4], ARGV[4])
        end
        return seq
        """;

    /// <summary>KEYS: log, last number, confirmed number. ARGV: after ('' for the confirmed one), count. Returns after, last, entries.</summary>
    public const string Read =
        """
        local after = ARGV[1]
        if after == '' then after = redis.call('GET', KEYS[3]) or '0' end
        local last = redis.call('GET', KEYS[2]) or '0'
        if tonumber(after) >= tonumber(last) then return {after, last, {}} end
        return {after, last, redis.call('XRANGE', KEYS[1], '(' .. after .. '-0', '+', 'COUNT', ARGV[2])}
        """;

    /// <summary>KEYS: confirmed number, receipts. ARGV: number, time to live in ms. Returns the receipts that are due, and forgets them.</summary>
    public const string Confirm =
        """
        if tonumber(ARGV[1]) > tonumber(redis.call('GET', KEYS[1]) or '0') then
          redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
        end
        local due = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', ARGV[1])
        if #due > 0 then redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', ARGV[1]) end
        return due
        """;
}
