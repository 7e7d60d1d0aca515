using MtSockets.Contracts.Events;
using MtSockets.Edge.Sockets;
using MtSockets.Infrastructure;
using MtSockets.Infrastructure.Leases;
using MtSockets.Infrastructure.Registry;

namespace MtSockets.Edge.Users;

/// <summary>
/// Keeps the registry true to the socket table: enters a user with his first connection here, removes him with his last,
/// and tells the other servers that hold him. For one user these steps follow one another.
/// </summary>
internal sealed partial class UserRegistrar(
    SocketTable table,
    IUserRegistry registry,
    ServerDirectory directory,
    PeerNotices peers,
    RegistrarContext context,
    ILogger<UserRegistrar> logger)
{
    private volatile bool _isBehind;

    /// <summary>The registry could not be told of something; <see cref="ReconcileAsync"/> will.</summary>
    public bool IsBehind => _isBehind;

    /// <summary>After it, every message that any server begins to send reaches the connections of this user here.</summary>
    public async Task EnterAsync(LocalUser user, CancellationToken cancellationToken)
    {
        await EnterAsync(user, again: false, cancellationToken);
        if (LeftOf(user) <= TimeSpan.Zero)
            return;
        context.Metrics.LeaseWaitedFor();
        // A timer may fire a few milliseconds early.
        while (LeftOf(user) is var left && left > TimeSpan.Zero)
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)), context.Time, cancellationToken);
    }

    /// <summary>For how long yet somebody may send by a route that does not name this server.</summary>
    private TimeSpan LeftOf(LocalUser user) => context.Time.GetElapsedTime(context.Time.GetTimestamp(), user.RoutesLeasedUntil);

    private async Task EnterAsync(LocalUser user, bool again, CancellationToken cancellationToken)
    {
        await user.Registration.WaitAsync(cancellationToken);
        try
        {
            // Who has left meanwhile must not be entered for good.
            if ((again || !user.IsRegistered || user.WasLeft) && user.Connections.Length > 0)
                await EnterLockedAsync(user, cancellationToken);
        }
        catch (DependencyUnavailableException)
        {
            // Local delivery goes on; the rest follows when Redis is back.
            _isBehind = true;
        }
        finally
        {
            user.Registration.Release();
        }
    }

    /// <summary>Removes the user where no connection of his is left.</summary>
    public async Task LeaveAsync(LocalUser user, CancellationToken cancellationToken)
    {
        await user.Registration.WaitAsync(cancellationToken);
        try
        {
            if (user.Connections.Length > 0)
                return;
            if (user.IsRegistered)
                await LeaveLockedAsync(user, cancellationToken);
        }
        catch (Exception e) when (e is DependencyUnavailableException or OperationCanceledException)
        {
            _isBehind = true;
            user.IsRegistered = false;
        }
        finally
        {
            // Not while he is entered: who comes next would begin anew beside the one who still tells the registry that he left.
            if (!user.IsRegistered)
                table.RemoveIfGone(user);
            user.Registration.Release();
        }
    }

    /// <summary>
    /// Enters everybody who is here again, removes whom the registry has here wrongly, and has every session look into its
    /// log: after Redis or RabbitMQ was away, or the lease had ended.
    /// </summary>
    public async Task ReconcileAsync(CancellationToken cancellationToken)
    {
        _isBehind = false;
        try
        {
            var entered = await ReenterAllAsync(cancellationToken);
            var removed = await RemoveStaleAsync(cancellationToken);
            if (entered + removed > 0)
                Log.Reconciled(logger, entered, removed);
        }
        catch
        {
            // What it did not come to is still to be done.
            _isBehind = true;
            throw;
        }
    }

    private async Task<int> ReenterAllAsync(CancellationToken cancellationToken)
    {
        var count = 0;
        foreach (var batch in table.Users.Where(user => user.Connections.Length > 0).Chunk(RegistrarContext.ReconcileBatch))
        {
            await Task.WhenAll(batch.Select(user => ReenterAsync(user, cancellationToken)));
            count += batch.Length;
        }

        return count;
    }

    private async Task<int> RemoveStaleAsync(CancellationToken cancellationToken)
    {
        var count = 0;
        var listed = await registry.UsersOfAsync(context.ServerId, int.MaxValue, cancellationToken);
        foreach (var batch in listed.Chunk(RegistrarContext.ReconcileBatch))
        {
            // Looked at now and not for all at once: after a restart many come back while their old entries are removed.
            var stale = Array.FindAll(batch, id => !table.TryGet(id, out _));
            if (stale.Length == 0)
                continue;
            await registry.RemoveAsync(context.ServerId, stale, cancellationToken);
            count += stale.Length;
            // Who has connected in this moment was removed with them, and what was sent to him since is in his log.
            foreach (var id in stale)
            {
                if (table.TryGet(id, out var user))
                    await ReenterAsync(user, cancellationToken);
            }
        }

        return count;
    }

    private async Task ReenterAsync(LocalUser user, CancellationToken cancellationToken)
    {
        await EnterAsync(user, again: true, cancellationToken);
        user.PokeAll();
    }

    private async Task EnterLockedAsync(LocalUser user, CancellationToken cancellationToken)
    {
        // Before anybody is told: who is told otherwise after this is told anew by the next one.
        user.WasLeft = false;
        // Not cancelled with the client: what Redis was told must be known here.
        var registration = await registry.RegisterAsync(user.Id, CancellationToken.None);
        var registered = context.Time.GetTimestamp();
        var leasedBefore = user.RoutesLeasedUntil;
        var leases = registration.Leases.Where(lease => lease.ServerId != context.ServerId).ToArray();
        user.RoutesLeasedUntil = Math.Max(leasedBefore, EndOf(leases, registered));
        if (leases.Length < registration.Leases.Count)
            context.Leases.End(user.Id);
        var others = await LiveAsync(registration.Others, CancellationToken.None);
        var isNew = !user.IsRegistered;
        user.IsRegistered = true;
        // Added, not set: one of them may have told of itself while Redis was answering. Who is no longer there says so when it is asked.
        foreach (var server in others)
            user.AddOtherServer(server);
        if (isNew && others.Count == 0)
            context.Events.Publish(new UserOnline(user.Id, context.ServerId, context.Time.GetUtcNow()));

        // Who may still go by an answer from before ends that when it hears of him, and says so. For who does not, the handshake waits.
        var silent = await TellAsync(user, leases, cancellationToken);
        var kept = leases.Where(lease => silent.Contains(lease.ServerId)).ToArray();
        user.RoutesLeasedUntil = Math.Max(leasedBefore, EndOf(kept, registered));
    }

    /// <summary>Tells the servers that hold the user, or a lease on the way to him, that he is here; returns those that have not answered.</summary>
    private async Task<IReadOnlyList<string>> TellAsync(LocalUser user, RouteLease[] leases, CancellationToken cancellationToken)
    {
        var others = user.OtherServers;
        string[] told = [.. others.Union(leases.Select(lease => lease.ServerId))];
        if (told.Length == 0)
            return [];

        var patience = TimeSpan.FromMilliseconds(context.Sockets.Value.PeerNoticeTimeoutMs);
        // An answer from who holds nothing but a lease is of no use when that has ended.
        if (others.Length == 0 && leases.Max(lease => lease.Left) is var left && left < patience)
            patience = left;
        using var timeout = new CancellationTokenSource(patience, context.Time);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        return await peers.ArriveAsync(user.Id, told, bound.Token);
    }

    /// <summary>When the last of the leases ends.</summary>
    private long EndOf(RouteLease[] leases, long registered) =>
        leases.Length == 0 ? 0 : registered + (long)(leases.Max(lease => lease.Left).TotalSeconds * context.Time.TimestampFrequency);

    private async Task LeaveLockedAsync(LocalUser user, CancellationToken cancellationToken)
    {
        var others = await registry.UnregisterAsync(user.Id, cancellationToken);
        user.IsRegistered = false;
        peers.Depart(user.Id, await LiveAsync(others, cancellationToken));
        if (others.Count == 0)
            context.Events.Publish(new UserOffline(user.Id, context.ServerId, context.Time.GetUtcNow()));
    }

    private async ValueTask<IReadOnlyList<string>> LiveAsync(IReadOnlyList<string> servers, CancellationToken cancellationToken)
    {
        if (servers.Count == 0)
            return servers;
        var live = new List<string>(servers.Count);
        foreach (var server in servers)
        {
            if (await directory.StandingAsync(server, cancellationToken) == ServerStanding.Live)
                live.Add(server);
        }

        return live;
    }

    private static partial class Log
    {
        [LoggerMessage(1021, LogLevel.Information, "The registry is up to date again: {Entered} users entered, {Removed} removed")]
        public static partial void Reconciled(ILogger logger, int entered, int removed);
    }
}
