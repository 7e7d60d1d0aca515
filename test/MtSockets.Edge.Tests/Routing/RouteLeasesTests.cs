using MtSockets.Edge.Delivery;
using MtSockets.Edge.Protocol;
using MtSockets.Edge.Routing;
using MtSockets.Edge.Sockets;
using MtSockets.Edge.Tests.Fakes;
using MtSockets.Infrastructure.Outbox;
using MtSockets.TestKit;

namespace MtSockets.Edge.Tests.Routing;

public sealed class RouteLeasesTests : ServerTests
{
    private static readonly TimeSpan Term = TimeSpan.FromMilliseconds(new RoutingOptions().RouteLeaseMs);

    private readonly TestServer _one;
    private readonly TestServer _two;

    public RouteLeasesTests() => (_one, _two) = (AddServer("edge-1"), AddServer("edge-2"));

    private int Lookups => _one.Registry.Calls.Count(call => call == "lookup bob");

    [Fact]
    public async Task Messages_ToAUserOnAnotherServer_AskTwiceAndThenForTheLengthOfALeaseNoMore()
    {
        var alice = await _one.ConnectAsync("alice");
        var bob = await _two.ConnectAsync("bob");

        for (var i = 0; i < 10; i++)
            await alice.SendAsync($$"""{"to":"bob","body":{{i}}}""");
        Assert.Equal(2, Lookups);

        World.Time.Advance(Term - TimeSpan.FromTicks(1));
        await alice.SendAsync("""{"to":"bob","body":10}""");
        Assert.Equal(2, Lookups);
        World.Time.Advance(TimeSpan.FromTicks(1));
        await alice.SendAsync("""{"to":"bob","body":11}""");
        Assert.Equal(3, Lookups);

        Assert.Equal(
            Enumerable.Range(0, 12).Select(i => $$"""{"from":"alice","to":"bob","body":{{i}}}"""), await bob.NextAsync(12));
    }

    [Fact]
    public async Task Messages_NowAndThen_TakeNoLease()
    {
        var alice = await _one.ConnectAsync("alice");
        await _two.ConnectAsync("bob");

        for (var i = 0; i < 5; i++)
        {
            await alice.SendAsync("""{"to":"bob","body":1}""");
            Assert.Equal(TimeSpan.Zero, World.Registry.RouteLeaseOf("bob"));
            World.Time.Advance(2 * Term);
        }

        Assert.Equal(5, Lookups);
    }

    [Fact]
    public async Task Messages_ToSomebodyWhoIsNowhere_TakeNoLease()
    {
        var alice = await _one.ConnectAsync("alice");
        for (var i = 0; i < 5; i++)
            await alice.SendAsync("""{"to":"bob","body":1}""");
        Assert.Equal(TimeSpan.Zero, World.Registry.RouteLeaseOf("bob"));

        var bob = await _two.ConnectAsync("bob");
        Assert.Equal(5, (await bob.NextAsync(5)).Length);
        await alice.SendAsync("""{"to":"bob","body":2}""");
        Assert.Contains("\"body\":2", await bob.NextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Messages_ToAUserWithADeviceOnAServerOfTheFirstImplementation_TakeNoLease()
    {
        var alice = await _one.ConnectAsync("alice");
        await _two.ConnectAsync("bob");
        World.Enter("bob", "go-server", inSet: false);

        for (var i = 0; i < 5; i++)
            await alice.SendAsync("""{"to":"bob","body":"1"}""");
        Assert.Equal(5, Lookups);
        await Eventually.TrueAsync(() => World.Network.Published.Count(item => item.IsPlain) == 5, "each went there too");
    }

    [Fact]
    public async Task SwitchedOff_EveryReadAsks()
    {
        var off = AddServer("edge-off", ("Routing:RouteLeaseMs", "0"));
        var alice = await off.ConnectAsync("alice");
        await _two.ConnectAsync("bob");
        for (var i = 0; i < 5; i++)
            await alice.SendAsync("""{"to":"bob","body":1}""");
        Assert.Equal(5, off.Registry.Calls.Count(call => call == "lookup bob"));
    }

    /// <summary>Before that a message could go by a route that does not name the new server.</summary>
    [Fact]
    public async Task Connect_WhileTheRouteIsLeased_IsAnsweredWhenTheLeaseHasEnded()
    {
        var three = AddServer("edge-3");
        var alice = await _one.ConnectAsync("alice");
        var phone = await _two.ConnectAsync("bob");
        await LeaseAsync(alice, phone);

        World.Time.Advance(Term / 4);
        var connecting = three.ConnectAsync("bob");
        await Eventually.TrueAsync(() => World.ServersOf("bob").Length == 2 && World.Time.WaitingTimers > 0, "the server is entered and waits");
        await alice.SendAsync("""{"to":"bob","body":"by the lease"}""");
        Assert.Contains("by the lease", await phone.NextAsync(), StringComparison.Ordinal);
        Assert.False(connecting.IsCompleted);

        World.Time.Advance(Term);
        var laptop = await connecting;
        await alice.SendAsync("""{"to":"bob","body":"by a question"}""");
        Assert.Contains("by a question", await phone.NextAsync(), StringComparison.Ordinal);
        Assert.Contains("by a question", await laptop.NextAsync(), StringComparison.Ordinal);
    }

    /// <summary>Whoever else has entered the user, and whatever became of him: the lease runs on.</summary>
    [Fact]
    public async Task Connect_AfterOneWhoGaveUpWaiting_WaitsTooAndSoDoesOneWhomAReconciliationEntered()
    {
        var three = AddServer("edge-3");
        var alice = await _one.ConnectAsync("alice");
        await LeaseAsync(alice, await _two.ConnectAsync("bob"));

        using var gone = new CancellationTokenSource();
        var user = three.Table.Add(three.Get<ConnectionFactory>().Create("bob", Dialect.Plain, null));
        var givesUp = three.Registrar.EnterAsync(user, gone.Token);
        await Eventually.TrueAsync(() => World.ServersOf("bob").Length == 2 && World.Time.WaitingTimers > 0, "the server is entered and waits");
        await three.Registrar.ReconcileAsync(CancellationToken.None);
        var second = three.ConnectAsync("bob");
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => givesUp);
        await Eventually.TrueAsync(() => World.Time.WaitingTimers > 0, "the second one waits");
        Assert.False(second.IsCompleted);

        World.Time.Advance(2 * Term);
        await second;
    }

    [Fact]
    public async Task UserHasMoved_WhatGoesByTheLeaseFollowsHim()
    {
        await _two.RunAsync<Strays>();
        var three = AddServer("edge-3");
        var alice = await _one.ConnectAsync("alice");
        var before = await _two.ConnectAsync("bob");
        await LeaseAsync(alice, before);

        await before.LeaveAsync();
        var connecting = three.ConnectAsync("bob");
        await Eventually.TrueAsync(() => World.ServersOf("bob") is ["edge-3"] && World.Time.WaitingTimers > 0, "the server is entered and waits");
        await alice.SendAsync("""{"to":"bob","body":"late"}""");
        await Eventually.TrueAsync(() => World.Network.For("edge-2").Any(item => item.Frame.Contains("late", StringComparison.Ordinal)), "it goes by the lease");
        World.Time.Advance(2 * Term);
        var after = await connecting;
        Assert.Contains("late", await after.NextAsync(), StringComparison.Ordinal);

        await alice.SendAsync("""{"to":"bob","body":"direct"}""");
        Assert.Contains("direct", await after.NextAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain(World.Network.For("edge-2"), item => item.Frame.Contains("direct", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ServerIsGone_TheLeaseEnds()
    {
        await _one.RunAsync<Strays>();
        var alice = await _one.ConnectAsync("alice");
        var bob = await _two.ConnectAsync("bob");
        await LeaseAsync(alice, bob);

        World.Network.Remove("edge-2");
        await alice.SendAsync("""{"to":"bob","body":"to the dead"}""");

        await Eventually.TrueAsync(() => World.Inbox.Appends == 1, "the message is stored");
        Assert.False(_one.Get<RouteLeases>().TryGet("bob", out _));
    }

    [Fact]
    public async Task AcknowledgedMessages_GoByALeaseToo()
    {
        var alice = await _one.ConnectAsync("alice", Dialect.V1);
        var bob = await _two.ConnectAsync("bob", Dialect.V1);
        for (var i = 0; i < 10; i++)
            await alice.SendAsync($$"""{"to":"bob","body":{{i}},"id":"m-{{i}}"}""");
        Assert.Equal(2, Lookups);
        Assert.Contains("\"op\":\"welcome\"", await bob.NextAsync(), StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(1, 10).Select(i => $"\"seq\":{i}"), (await bob.NextAsync(10)).Select(frame => frame[frame.IndexOf("\"seq\":", StringComparison.Ordinal)..].Split(',')[0]));
    }

    [Fact]
    public void Wanted_ManyUsersOneAfterTheOther_IsOnlyForThoseOfTheLastTwoTerms()
    {
        var leases = _one.Get<RouteLeases>();
        for (var i = 0; i < 50; i++)
        {
            leases.Note(new KnownRoute($"user-{i}", [new OutboxTarget("edge-2")], World.Time.GetTimestamp(), IsLeased: true));
            World.Time.Advance(Term);
        }

        var kept = Enumerable.Range(0, 50).Where(i => leases.Wanted($"user-{i}") > TimeSpan.Zero);
        Assert.Equal([49], kept);
        Assert.False(leases.TryGet("user-49", out _));
    }

    private static async Task LeaseAsync(Device from, Device to)
    {
        for (var i = 0; i < 3; i++)
            await from.SendAsync("""{"to":"bob","body":"lease"}""");
        await to.NextAsync(3);
    }
}
