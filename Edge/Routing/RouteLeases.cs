using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Options;

namespace MtSockets.Edge.Routing;

/// <summary>
/// The routes by which this server may go without asking the registry. Each is a lease: it ends a while after the question was
/// asked, or before that when a server that holds the user anew recalls it, and that server answers its handshake after
/// the end. So no message that is sent after a handshake was answered goes by a route from before it.
/// </summary>
/// <remarks>
/// A lease is asked for only where one would have been of use: where the user was looked up a moment ago already.
/// <para>
/// What is written here is written under the lock; who reads takes none. A mark says where a lease was ended, and stays for at least a term. It defeats
/// the answer to every question that was asked before it, which may come after it: <see cref="Note"/> refuses what is as old as
/// the mark or as a term, so a mark is gone only when nothing is left for it to refuse. A reader looks at the young generation before the old one, and the
/// old one is replaced first when they turn: who begins to read after a mark was set finds it, or something that was asked later, or nothing,
/// but never what it ended. Who began before may still find that; he has a message that was sent before the recall was answered.
/// </para>
/// </remarks>
internal sealed class RouteLeases(IOptions<RoutingOptions> options, TimeProvider time)
{
    // What the other side waits longer: clocks are read in whole milliseconds, and a timer fires a little early.
    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(20);

    // Servers of the first implementation wait for nobody's lease. Where one is met there is no lease for so long.
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly TimeSpan _term = TimeSpan.FromMilliseconds(options.Value.RouteLeaseMs);
    private readonly Lock _lock = new();

    // What was noted lately and what was noted before that: dropping a whole generation needs no timer and no sweep.
    private volatile Generation _young = new(time.GetTimestamp());
    private volatile Generation _old = new(0);
    private long? _firstImplementationMet;

    /// <summary>The route that a message may take now without a question.</summary>
    public bool TryGet(ReadOnlySpan<char> userId, [NotNullWhen(true)] out KnownRoute? route)
    {
        if (Find(userId) is { IsLeased: true } found && time.GetElapsedTime(found.Asked) < _term)
        {
            route = found;
            return true;
        }

        route = null;
        return false;
    }

    /// <summary>The lease to ask for with a question about this user.</summary>
    public TimeSpan Wanted(string userId)
    {
        if (_term == TimeSpan.Zero || Find(userId) is not { IsEnd: false } found)
            return TimeSpan.Zero;
        // A term later a lease has just ended: who still writes then renews it.
        return time.GetElapsedTime(found.Asked) < (found.IsLeased ? 2 * _term : _term) ? _term + Margin : TimeSpan.Zero;
    }

    /// <summary>Takes an answer to a question.</summary>
    public void Note(KnownRoute route)
    {
        // Where the user is nowhere, the next message may find him.
        if (_term == TimeSpan.Zero || route.Targets.Count == 0)
            return;
        lock (_lock)
        {
            var now = time.GetTimestamp();
            Turn(now);
            if (time.GetElapsedTime(route.Asked, now) < _term && !IsPaused(now) && !IsOutdated(route))
                _young.Routes[route.UserId] = route;
        }
    }

    /// <summary>
    /// Ends the lease: somebody holds the user anew, or the route has proved wrong. No answer to a question from before leads to one again.
    /// True where a lease was running.
    /// </summary>
    public bool End(string userId)
    {
        if (_term == TimeSpan.Zero)
            return false;
        lock (_lock)
        {
            var now = time.GetTimestamp();
            Turn(now);
            var wasRunning = TryGet(userId, out _);
            _young.Routes[userId] = KnownRoute.End(userId, now);
            return wasRunning;
        }
    }

    /// <summary>A user has a connection on a server of the first implementation: as long as such are met, every read asks.</summary>
    public void MeetFirstImplementation()
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            // The marks go too: what is on its way now is refused for longer than it could be of use.
            if (!IsPaused(now))
                (_old, _young) = (new Generation(now), new Generation(now));
            _firstImplementationMet = now;
        }
    }

    private KnownRoute? Find(ReadOnlySpan<char> userId) =>
        _young.ByChars.TryGetValue(userId, out var route) || _old.ByChars.TryGetValue(userId, out route) ? route : null;

    /// <summary>Something was asked later, or the lease was ended after the question.</summary>
    private bool IsOutdated(KnownRoute route) =>
        Find(route.UserId) is { } known && (known.IsEnd ? known.Asked >= route.Asked : known.Asked > route.Asked);

    private bool IsPaused(long now) => _firstImplementationMet is { } met && time.GetElapsedTime(met, now) < Pause;

    private void Turn(long now)
    {
        if (time.GetElapsedTime(_young.Born, now) < _term)
            return;
        _old = _young;
        _young = new Generation(now);
    }

    private sealed class Generation
    {
        public Generation(long born)
        {
            Born = born;
            ByChars = Routes.GetAlternateLookup<ReadOnlySpan<char>>();
        }

        public long Born { get; }

        public ConcurrentDictionary<string, KnownRoute> Routes { get; } = new(StringComparer.Ordinal);

        public ConcurrentDictionary<string, KnownRoute>.AlternateLookup<ReadOnlySpan<char>> ByChars { get; }
    }
}
