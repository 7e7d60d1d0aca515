using Microsoft.Extensions.Options;
using MtSockets.Edge.Routing;
using MtSockets.Edge.Tests.Fakes;
using MtSockets.Infrastructure.Outbox;

namespace MtSockets.Edge.Tests.Routing;

public sealed class RouteLeasesTests
{
    private static readonly TimeSpan Term = TimeSpan.FromMilliseconds(new RoutingOptions().RouteLeaseMs);
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    private readonly FakeTime _time = new();
    private readonly RouteLeases _leases;

    public RouteLeasesTests() => _leases = Create(_time);

    [Fact]
    public void TryGet_OfALeasedRoute_FindsItForATerm()
    {
        _leases.Note(Route("bob"));
        _time.Advance(Term - Tick);
        Assert.True(_leases.TryGet("bob", out var route));
        Assert.Equal("edge-2", Assert.Single(route.Targets).ServerId);
        _time.Advance(Tick);
        Assert.False(_leases.TryGet("bob", out _));
    }

    [Fact]
    public void TryGet_OfARouteWithoutALease_FindsNothing()
    {
        _leases.Note(Route("bob") with { IsLeased = false });
        _leases.Note(Route("carol") with { Targets = [] });
        Assert.False(_leases.TryGet("bob", out _));
        Assert.False(_leases.TryGet("carol", out _));
    }

    [Fact]
    public void End_OfALease_EndsItAndSaysWhetherOneWasRunning()
    {
        Assert.False(_leases.End("bob"));
        Assert.False(_leases.TryGet("bob", out _));
        _time.Advance(Tick);
        _leases.Note(Route("bob"));

        Assert.True(_leases.End("bob"));
        Assert.False(_leases.TryGet("bob", out _));
        Assert.False(_leases.End("bob"));

        _time.Advance(Tick);
        _leases.Note(Route("bob"));
        _time.Advance(Term);
        Assert.False(_leases.End("bob"));
    }

    [Fact]
    public void Note_OfAQuestionFromBeforeTheEnd_IsRefused()
    {
        var before = Route("bob");
        _time.Advance(Tick);
        var atOnce = Route("bob");
        _leases.End("bob");
        _leases.Note(before);
        _leases.Note(atOnce);
        Assert.False(_leases.TryGet("bob", out _));

        _time.Advance(Tick);
        _leases.Note(Route("bob"));
        Assert.True(_leases.TryGet("bob", out _));
        _leases.Note(before with { Targets = [new OutboxTarget("edge-3")] });
        Assert.True(_leases.TryGet("bob", out var route));
        Assert.Equal("edge-2", Assert.Single(route.Targets).ServerId);
    }

    [Fact]
    public void Note_OfAQuestionThatWasAskedATermAgo_IsRefused()
    {
        var late = Route("bob");
        _time.Advance(Term);
        _leases.Note(late);
        Assert.Equal(TimeSpan.Zero, _leases.Wanted("bob"));
    }

    /// <summary>However often the generations turn: as long as an answer from before could be of use, its end is remembered.</summary>
    [Fact]
    public void Note_AfterAnEnd_InAnyOrderWithOthers_LeadsToNothingThatWasAskedBefore()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var leases = Create(_time);
            var onTheirWay = new List<KnownRoute>();
            var ended = new Dictionary<string, long>();
            for (var step = 0; step < 200; step++)
            {
                var user = $"user-{random.Next(2)}";
                _time.Advance(Term * (random.Next(4) / 7.0));
                switch (random.Next(4))
                {
                    case 0:
                        onTheirWay.Add(Route(user));
                        break;
                    case 1 when onTheirWay.Count > 0:
                        var answered = random.Next(onTheirWay.Count);
                        leases.Note(onTheirWay[answered]);
                        onTheirWay.RemoveAt(answered);
                        break;
                    case 2:
                        leases.Note(Route("somebody else"));
                        break;
                    case 3 when random.Next(3) == 0:
                        leases.End(user);
                        ended[user] = _time.GetTimestamp();
                        break;
                }

                foreach (var (other, end) in ended)
                    Assert.True(!leases.TryGet(other, out var found) || found.Asked > end, $"seed {seed}, step {step}");
            }
        }
    }

    [Fact]
    public async Task End_AmidNotesOfManyThreads_LeadsToNothingThatWasAskedBefore()
    {
        var leases = Create(TimeProvider.System, termMs: 1);
        using var enough = new CancellationTokenSource();
        var noting = Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            while (!enough.IsCancellationRequested)
            {
                var asked = TimeProvider.System.GetTimestamp();
                Thread.SpinWait(Random.Shared.Next(200));
                leases.Note(new KnownRoute("bob", [new OutboxTarget("edge-2")], asked, IsLeased: true));
            }
        })).ToArray();

        for (var i = 0; i < 50_000; i++)
        {
            var before = TimeProvider.System.GetTimestamp();
            leases.End("bob");
            Assert.True(!leases.TryGet("bob", out var found) || found.Asked > before);
        }

        await enough.CancelAsync();
        await Task.WhenAll(noting);
    }

    [Theory]
    [InlineData(false, 0.0, true)]
    [InlineData(false, 0.99, true)]
    [InlineData(false, 1.0, false)]
    [InlineData(true, 1.0, true)]
    [InlineData(true, 1.99, true)]
    [InlineData(true, 2.0, false)]
    public void Wanted_IsForWhomWasLookedUpATermAgoOrWhoseLeaseHasJustEnded(bool isLeased, double terms, bool expected)
    {
        Assert.Equal(TimeSpan.Zero, _leases.Wanted("bob"));
        _leases.Note(Route("bob") with { IsLeased = isLeased });
        _time.Advance(Term * terms);
        Assert.Equal(expected, _leases.Wanted("bob") > Term);
    }

    [Fact]
    public void Wanted_AfterAnEnd_BeginsAnew()
    {
        _leases.Note(Route("bob"));
        _leases.End("bob");
        Assert.Equal(TimeSpan.Zero, _leases.Wanted("bob"));
    }

    [Fact]
    public void Wanted_ManyUsersOneAfterTheOther_IsOnlyForThoseOfTheLastTwoTerms()
    {
        for (var i = 0; i < 50; i++)
        {
            _leases.Note(Route($"user-{i}"));
            _time.Advance(Term);
        }

        Assert.Equal([49], Enumerable.Range(0, 50).Where(i => _leases.Wanted($"user-{i}") > TimeSpan.Zero));
    }

    [Fact]
    public void MeetFirstImplementation_EndsAllLeasesAndTakesNoneForAMinute()
    {
        _leases.Note(Route("bob"));
        var onItsWay = Route("carol");
        _leases.MeetFirstImplementation();
        _leases.Note(onItsWay);
        foreach (var user in new[] { "bob", "carol" })
        {
            Assert.False(_leases.TryGet(user, out _));
            Assert.Equal(TimeSpan.Zero, _leases.Wanted(user));
        }

        _time.Advance(TimeSpan.FromSeconds(40));
        _leases.MeetFirstImplementation();
        _time.Advance(TimeSpan.FromSeconds(59));
        _leases.Note(Route("bob"));
        Assert.False(_leases.TryGet("bob", out _));

        _time.Advance(TimeSpan.FromSeconds(1));
        _leases.Note(Route("bob"));
        Assert.True(_leases.TryGet("bob", out _));
    }

    [Fact]
    public void SwitchedOff_NothingIsLeased()
    {
        var off = Create(_time, termMs: 0);
        off.Note(Route("bob"));
        Assert.False(off.TryGet("bob", out _));
        Assert.Equal(TimeSpan.Zero, off.Wanted("bob"));
        Assert.False(off.End("bob"));
    }

    private static RouteLeases Create(TimeProvider time, int? termMs = null) =>
        new(Options.Create(termMs is { } ms ? new RoutingOptions { RouteLeaseMs = ms } : new RoutingOptions()), time);

    /// <summary>The answer to a question that is asked now.</summary>
    private KnownRoute Route(string user) => new(user, [new OutboxTarget("edge-2")], _time.GetTimestamp(), IsLeased: true);
}
