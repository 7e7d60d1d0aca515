using Microsoft.Extensions.Options;
using MtSockets.Contracts.Naming;
using MtSockets.Infrastructure.Redis;
using StackExchange.Redis;

namespace MtSockets.Infrastructure.Leases;

/// <summary>
/// Leases as Redis keys with a time to live. The clean-up key keeps two things apart that must not overlap: a server that
/// comes back under its id, and another one that still removes what its former run left behind. Each writes its own key
/// first and looks at the other's then, so at least one of them sees the other.
/// </summary>
internal sealed class RedisServerLeases(RedisConnection redis, ServerIdentity identity, IOptions<LeaseOptions> options) : IServerLeases
{
    private const string RenewScript =
        """
        local holder = redis.call('GET', KEYS[1])
        if holder and holder ~= ARGV[1] then return -1 end
        redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
        return holder and 1 or 0
        """;

    private const string ReleaseScript = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0";

    // The answer to an acquisition may be lost: until one has come, a renewal may be of a lease that is new.
    private volatile bool _answered;

    public async ValueTask<LeaseOutcome> HoldAsync(CancellationToken cancellationToken)
    {
        var certain = _answered;
        _answered = false;
        var outcome = await redis.CallAsync(HoldAsync, (identity, options.Value.DurationMs, certain), cancellationToken);
        _answered = outcome is LeaseOutcome.Acquired or LeaseOutcome.Renewed;
        return outcome;
    }

    private static async Task<LeaseOutcome> HoldAsync(
        IDatabase database, (ServerIdentity Identity, int DurationMs, bool Certain) s)
    {
        var (id, incarnation) = s.Identity;
        var answer = (int)await database.ScriptEvaluateAsync(RenewScript, [RedisKeys.Server(id)], [incarnation, s.DurationMs]);
        if (answer < 0)
            return LeaseOutcome.Taken;

        var known = database.SetAddAsync(RedisKeys.Servers, id);
        if (answer > 0 && s.Certain)
        {
            await known;
            return LeaseOutcome.Renewed;
        }

        var cleaning = database.KeyExistsAsync(RedisKeys.ServerCleanup(id));
        await Task.WhenAll(known, cleaning);
        if (!cleaning.Result)
            return LeaseOutcome.Acquired;

        await database.ScriptEvaluateAsync(ReleaseScript, [RedisKeys.Server(id)], [incarnation]);
        return LeaseOutcome.CleaningUp;
    }

    public async ValueTask ReleaseAsync(CancellationToken cancellationToken) =>
        await redis.CallAsync(
            static async (database, identity) =>
            {
                var released = (int)await database.ScriptEvaluateAsync(
                    ReleaseScript, [RedisKeys.Server(identity.ServerId)], [identity.Incarnation]);
                // Users may still be listed when Redis failed during the drain: then stay known, and be cleaned up after.
                if (released > 0 && !await database.KeyExistsAsync(RedisKeys.ServerUsers(identity.ServerId)))
                    await database.SetRemoveAsync(RedisKeys.Servers, identity.ServerId);
                return true;
            },
            identity,
            cancellationToken);

    public ValueTask<IReadOnlyDictionary<string, bool>> ListAsync(CancellationToken cancellationToken) =>
        redis.CallAsync(
            static async (database, _) =>
            {
                var known = Array.ConvertAll(await database.SetMembersAsync(RedisKeys.Servers), value => (string)value!);
                var alive = await Task.WhenAll(known.Select(server => database.KeyExistsAsync(RedisKeys.Server(server))));
                return (IReadOnlyDictionary<string, bool>)known.Zip(alive).ToDictionary(pair => pair.First, pair => pair.Second);
            },
            0,
            cancellationToken);

    public ValueTask<bool> TryBeginCleanupAsync(string serverId, CancellationToken cancellationToken) =>
        redis.CallAsync(
            static async (database, s) =>
            {
                var mine = await database.StringSetAsync(
                    RedisKeys.ServerCleanup(s.serverId), s.me, TimeSpan.FromSeconds(30), When.NotExists);
                if (!mine)
                    return false;
                if (!await database.KeyExistsAsync(RedisKeys.Server(s.serverId)))
                    return true;

                await database.ScriptEvaluateAsync(ReleaseScript, [RedisKeys.ServerCleanup(s.serverId)], [s.me]);
                return false;
            },
            (serverId, me: identity.Incarnation),
            cancellationToken);

    public async ValueTask EndCleanupAsync(string serverId, bool forget, CancellationToken cancellationToken) =>
        await redis.CallAsync(
            static async (database, s) =>
            {
                if (s.forget)
                    await database.SetRemoveAsync(RedisKeys.Servers, s.serverId);
                await database.ScriptEvaluateAsync(ReleaseScript, [RedisKeys.ServerCleanup(s.serverId)], [s.me]);
                return true;
            },
            (serverId, forget, me: identity.Incarnation),
            cancellationToken);
}
