using MtSockets.Contracts.Naming;
using MtSockets.Infrastructure.Redis;
using StackExchange.Redis;

namespace MtSockets.Infrastructure.Registry;

/// <summary>
/// The registry in Redis. Every command touches one key, so it works on a Redis Cluster; the commands of one call leave
/// in one pipeline, and one server carries them out in that order.
/// </summary>
internal sealed class RedisUserRegistry(RedisConnection redis, ServerIdentity identity) : IUserRegistry
{
    // The spec: the key is removed only where it still names the server that leaves. Where others still hold
    // the user it is pointed at one of them instead, so that servers that know only this key go on finding him.
    private const string LeaveScript =
        """
        if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
        if ARGV[2] == '' then return redis.call('DEL', KEYS[1]) end
        redis.call('SET', KEYS[1], ARGV[2])
        return 1
        """;

    // One step: the lease is there with its end, or not at all. It ends by the clock of Redis, the only one that both sides ask, and each
    // holder has an end of his own: one that has died does not stay because another goes on.
    private const string LeaseScript =
        """
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        redis.call('ZREMRANGEBYSCORE', KEYS[1], 0, now)
        redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
        redis.call('PEXPIREAT', KEYS[1], redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2])
        return 1
        """;

    private const string LeasesScript =
        """
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        local leases = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
        for i = 2, #leases, 2 do leases[i] = leases[i] - now end
        return leases
        """;

    public ValueTask<Registration> RegisterAsync(string userId, CancellationToken cancellationToken) =>
        redis.CallAsync(
            static async (database, s) =>
            {
                RedisValue me = s.identity.ServerId;
                var batch = database.CreateBatch();
                // The clean-up list first: an entry that nobody would clean up must not exist.
                var listed = batch.SetAddAsync(RedisKeys.ServerUsers(s.identity.ServerId), s.userId);
                var entered = batch.SetAddAsync(RedisKeys.UserServers(s.userId), me);
                var named = batch.StringSetAsync(RedisKeys.User(s.userId), me);
                var members = batch.SetMembersAsync(RedisKeys.UserServers(s.userId));
                // After the entry: a lease that is taken later is taken with an answer that names this server.
                var leases = batch.ExecuteAsync("EVAL", LeasesScript, 1, (RedisKey)RedisKeys.RouteLeases(s.userId));
                batch.Execute();
                await Task.WhenAll(listed, entered, named, members, leases);
                return new Registration(Others(members.Result, s.identity.ServerId), Leases((RedisValue[])leases.Result));
            },
            (userId, identity),
            cancellationToken);

    public ValueTask<IReadOnlyList<string>> UnregisterAsync(string userId, CancellationToken cancellationToken) =>
        redis.CallAsync(
            static (database, s) => LeaveAsync(database, s.userId, s.identity.ServerId),
            (userId, identity),
            cancellationToken);

    public ValueTask<IReadOnlyList<UserRoute>> LookupAsync(IReadOnlyList<RouteQuestion> questions, CancellationToken cancellationToken) =>
        redis.CallAsync(
            static async (database, s) =>
            {
                var asked = s.questions;
                // Handed to the client library at once: one by one, each would wake its writer.
                var batch = database.CreateBatch();
                var leased = new Task<RedisResult>?[asked.Count];
                var members = new Task<RedisValue[]>[asked.Count];
                var last = new Task<RedisValue>[asked.Count];
                for (var i = 0; i < asked.Count; i++)
                {
                    var (user, lease) = asked[i];
                    // Before the look: who is entered after it sees the lease. EVAL in full: where Redis had forgotten a script that is
                    // called by its hash, the client library would call it again, and that after the look.
                    if (lease > TimeSpan.Zero)
                        leased[i] = batch.ExecuteAsync("EVAL", LeaseScript, 1, (RedisKey)RedisKeys.RouteLeases(user), s.identity.ServerId, (long)lease.TotalMilliseconds);
                    members[i] = batch.SetMembersAsync(RedisKeys.UserServers(user));
                    last[i] = batch.StringGetAsync(RedisKeys.User(user));
                }

                batch.Execute();
                await ((Task)Task.WhenAll(members)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await ((Task)Task.WhenAll(last)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

                var routes = new UserRoute[asked.Count];
                for (var i = 0; i < asked.Count; i++)
                {
                    // The questions of many connections are in this call: garbage in one user's keys must not fail them all.
                    var servers = members[i].IsCompletedSuccessfully ? members[i].Result : await RedisGarbage.ToDefaultAsync(members[i]) ?? [];
                    var latest = last[i].IsCompletedSuccessfully ? last[i].Result : await RedisGarbage.ToDefaultAsync(last[i]);
                    routes[i] = new UserRoute(Array.ConvertAll(servers, value => (string)value!), latest)
                    {
                        IsLeased = leased[i] is { } lease && await IsTakenAsync(lease),
                    };
                }

                return (IReadOnlyList<UserRoute>)routes;
            },
            (questions, identity),
            cancellationToken);

    public ValueTask<IReadOnlyList<string>> UsersOfAsync(string serverId, int count, CancellationToken cancellationToken) =>
        redis.CallAsync(
            static async (database, s) =>
            {
                // A positive count: distinct members.
                var users = await database.SetRandomMembersAsync(RedisKeys.ServerUsers(s.serverId), s.count);
                return (IReadOnlyList<string>)Array.ConvertAll(users, value => (string)value!);
            },
            (serverId, count),
            cancellationToken);

    public async ValueTask RemoveAsync(string serverId, IReadOnlyList<string> userIds, CancellationToken cancellationToken) =>
        await redis.CallAsync(
            static async (database, s) =>
            {
                await Task.WhenAll(s.userIds.Select(user => LeaveAsync(database, user, s.serverId)));
                return true;
            },
            (serverId, userIds),
            cancellationToken);

    private static async Task<bool> IsTakenAsync(Task<RedisResult> lease)
    {
        try
        {
            return (long)await lease == 1;
        }
        catch (RedisServerException)
        {
            // A Redis that takes no writes still answers questions.
            return false;
        }
    }

    private static async Task<IReadOnlyList<string>> LeaveAsync(IDatabase database, string userId, string serverId)
    {
        var removed = database.SetRemoveAsync(RedisKeys.UserServers(userId), serverId);
        var members = database.SetMembersAsync(RedisKeys.UserServers(userId));
        await Task.WhenAll(removed, members);

        var others = Others(members.Result, serverId);
        for (string named = serverId, heir; ; named = heir)
        {
            heir = others.Count > 0 ? others[0] : "";
            var ours = (int)await database.ScriptEvaluateAsync(LeaveScript, [RedisKeys.User(userId)], [named, heir]);
            if (ours == 0 || heir.Length == 0)
                break;
            // The heir may have left between the look at the set and the script, and so have missed that the key names it now.
            others = Others(await database.SetMembersAsync(RedisKeys.UserServers(userId)), serverId);
            if (others.Contains(heir))
                break;
        }

        // Last: as long as the user is on this list, somebody will come back for what is left of the entry.
        await database.SetRemoveAsync(RedisKeys.ServerUsers(serverId), userId);
        return others;
    }

    /// <summary>Each holder, followed by the milliseconds that are left to it.</summary>
    private static List<RouteLease> Leases(RedisValue[] answer)
    {
        var leases = new List<RouteLease>(answer.Length / 2);
        for (var i = 0; i + 1 < answer.Length; i += 2)
        {
            if ((long)answer[i + 1] is > 0 and var left)
                leases.Add(new RouteLease((string)answer[i]!, TimeSpan.FromMilliseconds(left)));
        }

        return leases;
    }

    private static IReadOnlyList<string> Others(RedisValue[] members, string serverId) =>
        [.. members.Select(value => (string)value!).Where(server => server != serverId)];
}
