namespace MtSockets.Infrastructure.Inbox;

/// <summary>
/// What must happen in one step on the side of Redis. All keys of one call belong to one user and share a hash tag.
/// Numbers pass through Lua's doubles, exact up to 2^53.
/// </summary>
internal static class InboxScripts
{
    /// <summary>
    /// KEYS: log, last number, confirmed number, receipts, then the dedup key of each message that has an id.
    /// ARGV: now in ms, most messages, retention in ms, dedup window in ms; then for each message frame, extra, receipt ('' for none),
    /// and '1' where it has an id.
    /// Returns the number of each, negative where it is a duplicate. Where one cannot be added, those before it stay and are
    /// known by their ids: sending all of them again adds what is missing. Where that is because the last number was lost and the log was
    /// not, the number is read from the log for the next time.
    /// The numbers outlive the messages, so that a log that ran empty never starts again at 1 for a client that comes back.
    /// Old entries go a few at a time: an append may remove eight more than it adds, so age is bounded and so is the work.
    /// </summary>
    public const string Append =
        """
        local seq = tonumber(redis.call('GET', KEYS[2]) or '0')
        local answer, key, added, receipts, failure = {}, 5, 0, false, nil
        for i = 5, #ARGV, 4 do
          local number, dedup = string.format('%.0f', seq + 1), nil
          if ARGV[i + 3] ~= '' then dedup, key = KEYS[key], key + 1 end
          if dedup and not redis.call('SET', dedup, number, 'NX', 'PX', ARGV[4]) then
            answer[#answer + 1] = -tonumber(redis.call('GET', dedup))
          else
            local id = redis.pcall('XADD', KEYS[1], 'MAXLEN', '=', ARGV[2], number .. '-0', 'frame', ARGV[i], 'at', ARGV[1], 'extra', ARGV[i + 1])
            if type(id) == 'table' then
              if dedup then redis.call('DEL', dedup) end
              local last = added == 0 and redis.pcall('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
              if last and last[1] then redis.call('SET', KEYS[2], string.match(last[1][1], '^%d+'), 'PX', ARGV[3] * 2) end
              failure = id
              break
            end
            seq, added = seq + 1, added + 1
            answer[#answer + 1] = seq
            if ARGV[i + 2] ~= '' then
              redis.call('ZADD', KEYS[4], number, ARGV[i + 2])
              receipts = true
            end
          end
        end
        if added > 0 then
          local limit = tonumber(ARGV[1]) - tonumber(ARGV[3])
          for _ = 1, added + 8 do
            local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
            if not first or tonumber(first[2][4]) >= limit then break end
            redis.call('XDEL', KEYS[1], first[1])
          end
          redis.call('PEXPIRE', KEYS[1], ARGV[3])
          redis.call('SET', KEYS[2], string.format('%.0f', seq), 'PX', ARGV[3] * 2)
          redis.call('PEXPIRE', KEYS[3], ARGV[3] * 2)
        end
        if receipts then
          redis.call('ZREMRANGEBYRANK', KEYS[4], 0, -ARGV[2] - 1)
          redis.call('PEXPIRE', KEYS[4], ARGV[3])
        end
        return failure or answer
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

    /// <summary>
    /// KEYS: confirmed number, receipts, last number. ARGV: number, time to live in ms. Returns the receipts that are due, and forgets them.
    /// No more than the last number is confirmed: what has not been written yet, nobody has received.
    /// </summary>
    public const string Confirm =
        """
        local seq = math.min(tonumber(ARGV[1]), tonumber(redis.call('GET', KEYS[3]) or '0') or 0)
        local number = string.format('%.0f', seq)
        if seq > (tonumber(redis.call('GET', KEYS[1]) or '0') or 0) then
          redis.call('SET', KEYS[1], number, 'PX', ARGV[2])
        end
        local due = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', number)
        if #due > 0 then redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', number) end
        return due
        """;
}
