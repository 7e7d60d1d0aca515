using MtSockets.Edge.Delivery;
using MtSockets.Edge.Protocol;
using MtSockets.Edge.Routing;
using MtSockets.Edge.Sockets;
using MtSockets.Edge.Tests.Fakes;
using MtSockets.TestKit;

namespace MtSockets.Edge.Tests.Routing;

/// <summary>The way of messages whose recipient's route is leased.</summary>
public sealed class LeasedRoutingTests : ServerTests
{
    private static readonly TimeSpan Term = TimeSpan.FromMilliseconds(new RoutingOptions().RouteLeaseMs);

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(new SocketOptions().PeerNoticeTimeoutMs);

    // Ends a test that hangs.
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private readonly TestServer _one;
    private readonly TestServer _two;

    public LeasedRoutingTests() => (_one, _two) = (AddServer("edge-1"), AddServer("edge-2"));

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
            Assert.Empty(World.Registry.RouteLeasesOf("bob"));
            World.Time.Advance(Term);
        }

        Assert.Equal(5, Lookups);
    }

    [Fact]
    public async Task Messages_ToSomebodyWhoIsNowhere_TakeNoLease()
    {
        var alice = await _one.ConnectAsync("alice");
        for (var i = 0; i < 5; i++)
            await alice.SendAsync("""{"to":"bob","body":1}""");
        Assert.Empty(World.Registry.RouteLeasesOf("bob"));

        var bob = await _two.ConnectAsync("bob");
        Assert.Equal(5, (await bob.NextAsync(5)).Length);
        await alice.SendAsync("""{"to":"bob","body":2}""");
        Assert.Contains("\"body\":2", await bob.NextAsync(), StringComparison.Ordinal);
    }

    /// <summary>Such a server waits for nobody's lease: where one is met, nobody's route is leased for a while.</summary>
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

        await _two.ConnectAsync("carol");
        for (var i = 0; i < 5; i++)
            await alice.SendAsync("""{"to":"carol","body":"1"}""");
        Assert.Equal(5, _one.Registry.Calls.Count(call => call == "lookup carol"));
        Assert.Empty(World.Registry.RouteLeasesOf("carol"));

        World.Time.Advance(TimeSpan.FromMinutes(1));
        for (var i = 0; i < 5; i++)
            await alice.SendAsync("""{"to":"carol","body":"1"}""");
        Assert.Equal(7, _one.Registry.Calls.Count(call => call == "lookup carol"));
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

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task UserHasMoved_WhatGoesByTheLeaseFollowsHim(bool isRecalled)
    {
        await _two.RunAsync<Strays>();
        var three = AddServer("edge-3");
        var alice = await _one.ConnectAsync("alice");
        var before = await _two.ConnectAsync("bob");
        await LeaseAsync(alice, before);
        World.Network.Deaf = isRecalled ? null : "edge-1";

        await before.LeaveAsync();
        Task<Device> connecting;
        if (isRecalled)
        {
            await alice.SendAsync("""{"to":"bob","body":"late"}""");
            connecting = three.ConnectAsync("bob");
        }
        else
        {
            connecting = three.ConnectAsync("bob");
            await WaitsAsync();
            await alice.SendAsync("""{"to":"bob","body":"late"}""");
            World.Time.Advance(Patience);
            await WaitsAsync();
            World.Time.Advance(2 * Term);
        }

        await Eventually.TrueAsync(() => World.Network.For("edge-2").Any(item => item.Frame.Contains("late", StringComparison.Ordinal)), "it goes by the lease");
        var after = await connecting.WaitAsync(Bound);
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

    /// <summary>Somebody waits for the clock.</summary>
    private Task WaitsAsync(int timers = 1) => Eventually.TrueAsync(() => World.Time.WaitingTimers == timers, "a handshake waits");

    private static async Task LeaseAsync(Device from, Device to)
    {
        for (var i = 0; i < 3; i++)
            await from.SendAsync("""{"to":"bob","body":"lease"}""");
        await to.NextAsync(3);
    }
}
