using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Options;

namespace MtSockets.Edge.Routing;

/// <summary>
/// The routes by which this server may go without asking the registry. Each is a lease: it ends a short while after the
/// question was asked, and whoever holds the user anew waits for that end before the user is told that he is connected. So
/// no message that is sent after a handshake was answered goes by a route from before it.
/// </summary>
/// <remarks>A lease is asked for only where one would have been of use: where the user was looked up a moment ago already.</remarks>
internal sealed class RouteLeases(IOptions<RoutingOptions> options, TimeProvider time)
{
    // What the other side waits longer: clocks are read in whole milliseconds, and a timer fires a little early.
    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(20);

    private readonly TimeSpan _term = TimeSpan.FromMilliseconds(options.Value.RouteLeaseMs);
    private readonly Lock _lock = new();

    // What was noted lately and what was noted before that: dropping a whole generation needs no timer and no sweep.
    private volatile Generation _young = new(time.GetTimestamp());
    private volatile Generation _old = new(0);

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
    public TimeSpan Wanted(string userId) =>
        _term > TimeSpan.Zero && Find(userId) is { } found && time.GetElapsedTime(found.Asked) < 2 * _term ? _term + Margin : TimeSpan.Zero;

    /// <summary>Takes an answer to a question.</summary>
    public void Note(KnownRoute route)
    {
        // Nobody waits for the end of a lease where a server of the first implementation takes a user, or where he is nowhere.
        if (_term == TimeSpan.Zero || route.Targets.Count == 0 || route.Targets.Any(static target => target.Plain))
            return;
        Turn();
        _young.Routes[route.UserId] = route;
    }

    /// <summary>The route has proved wrong.</summary>
    public void End(string userId)
    {
        _young.Routes.TryRemove(userId, out _);
        _old.Routes.TryRemove(userId, out _);
    }

    private KnownRoute? Find(ReadOnlySpan<char> userId) =>
        _young.ByChars.TryGetValue(userId, out var route) || _old.ByChars.TryGetValue(userId, out route) ? route : null;

    private void Turn()
    {
        if (time.GetElapsedTime(_young.Born) < _term)
            return;
        lock (_lock)
        {
            if (time.GetElapsedTime(_young.Born) < _term)
                return;
            _old = _young;
            _young = new Generation(time.GetTimestamp());
        }
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
