using MtSockets.Contracts.Bus;
using MtSockets.Edge.Routing;
using MtSockets.Edge.Tests.Fakes;
using MtSockets.Infrastructure.Outbox;
using MtSockets.TestKit;

namespace MtSockets.Edge.Tests.Routing;

public sealed class RouterTests : ServerTests
{
    private readonly TestServer _one;
    private readonly TestServer _two;

    public RouterTests() => (_one, _two) = (AddServer("edge-1"), AddServer("edge-2"));

    [Fact]
    public async Task RouteAsync_ToAUserHere_TouchesNeitherRegistryNorBusNorInbox()
    {
        var alice = await _one.ConnectAsync("alice");
        var bob = await _one.ConnectAsync("bob");
        var before = _one.Registry.Calls.Count;

        await alice.SendAsync("""{"to":"bob","body":"hello","from":"mallory"}""");

        Assert.Equal("""{"from":"alice","to":"bob","body":"hello"}""", await bob.NextAsync());
        Assert.Equal(before, _one.Registry.Calls.Count);
        Assert.Empty(World.Network.Published);
        Assert.Equal(0, World.Inbox.Appends);
    }

    [Fact]
    public async Task RouteAsync_ToOneself_ReachesEveryConnectionOfTheUser()
    {
        var phone = await _one.ConnectAsync("alice");
        var laptop = await _one.ConnectAsync("alice");

        await phone.SendAsync("""{"to":"alice","body":1}""");

        Assert.Equal("""{"from":"alice","to":"alice","body":1}""", await phone.NextAsync());
        Assert.Equal("""{"from":"alice","to":"alice","body":1}""", await laptop.NextAsync());
    }

    [Fact]
    public async Task RouteAsync_ToAUserOnAnotherServer_GoesThereAlone()
    {
        var three = AddServer("edge-3");
        var alice = await _one.ConnectAsync("alice");
        var bob = await _two.ConnectAsync("bob");

        await alice.SendAsync("""{"to":"bob","body":"hello"}""");

        Assert.Equal("""{"from":"alice","to":"bob","body":"hello"}""", await bob.NextAsync());
        Assert.Equal(["server.edge-2"], World.Network.Published.Select(item => item.RoutingKey));
        Assert.Equal(0, World.Inbox.Appends);
    }

    [Fact]
    public async Task RouteAsync_ToAUserOnTwoOtherServers_ReachesBothAndMakesOneAnswerForIt()
    {
        var three = AddServer("edge-3");
        var alice = await _one.ConnectAsync("alice");
        var phone = await _two.ConnectAsync("bob");
        var laptop = await three.ConnectAsync("bob");

        await alice.SendAsync("""{"to":"bob","body":1}""");

        Assert.Contains("\"body\":1", await phone.NextAsync(), StringComparison.Ordinal);
        Assert.Contains("\"body\":1", await laptop.NextAsync(), StringComparison.Ordinal);
        await phone.ExpectNothingAsync();
        await laptop.ExpectNothingAsync();
        Assert.Equal(
            [ServerMessageShare.First, ServerMessageShare.Copy],
            World.Network.Published.Where(item => item.Kind == ServerMessageKind.Deliver).Select(item => item.Share).Order());
    }

    [Fact]
    public async Task RouteAsync_ToAUserHereAndElsewhere_ReachesBothWithoutTheRegistry()
    {
        var alice = await _one.ConnectAsync("alice");
        var laptop = await _two.ConnectAsync("bob");
        var phone = await _one.ConnectAsync("bob");
        var before = _one.Registry.Calls.Count;

        await alice.SendAsync("""{"to":"bob","body":1}""");

        Assert.Contains("\"body\":1", await phone.NextAsync(), StringComparison.Ordinal);
        Assert.Contains("\"body\":1", await laptop.NextAsync(), StringComparison.Ordinal);
        Assert.Equal(before, _one.Registry.Calls.Count);
        Assert.Equal(ServerMessageShare.Copy, Assert.Single(World.Network.For("edge-2")).Share);
    }

    [Fact]
    public async Task RouteAsync_ToNobody_IsStored()
    {
        var alice = await _one.ConnectAsync("alice");

        await alice.SendAsync("""{"to":"bob","body":1}""", """{"to":"bob","body":2}""");

        Assert.Equal(
            ["""{"from":"alice","to":"bob","body":1}""", """{"from":"alice","to":"bob","body":2}"""],
            await World.Inbox.FramesOfAsync("bob"));
        await alice.ExpectNothingAsync();
    }

    [Fact]
    public async Task RouteAsync_OfManyRecipientsAtOnce_LooksEachUpOnceInOneRoundTrip()
    {
        var alice = await _one.ConnectAsync("alice");
        var bob = await _two.ConnectAsync("bob");

        await alice.SendAsync(
            """{"to":"bob","body":1}""", """{"to":"carol","body":2}""", """{"to":"bob","body":3}""", """{"to":"carol","body":4}""");

        Assert.Equal("lookup bob,carol", _one.Registry.Calls.First(call => call.StartsWith("lookup", StringComparison.Ordinal)));
        Assert.Equal(
            ["""{"from":"alice","to":"bob","body":1}""", """{"from":"alice","to":"bob","body":3}"""], await bob.NextAsync(2));
        Assert.Equal(
            ["""{"from":"alice","to":"carol","body":2}""", """{"from":"alice","to":"carol","body":4}"""],
            await World.Inbox.FramesOfAsync("carol"));
    }

    [Fact]
    public async Task RouteAsync_WithRedisAway_TellsTheSenderAndGoesOnLocally()
    {
        var alice = await _one.ConnectAsync("alice");
        var bob = await _one.ConnectAsync("bob");
        World.IsRedisUp = false;

        await alice.SendAsync("""{"to":"carol","body":1}""", """{"to":"bob","body":2}""");

        var error = await alice.NextAsync();
        Assert.Contains("\"code\":\"unavailable\"", error, StringComparison.Ordinal);
        Assert.Contains("\"retry\":true", error, StringComparison.Ordinal);
        Assert.Contains("\"to\":\"carol\"", error, StringComparison.Ordinal);
        Assert.Contains("\"body\":2", await bob.NextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RouteAsync_WithTheBusAway_TellsTheSenderAndStoresNothing()
    {
        var alice = await _one.ConnectAsync("alice");
        await _two.ConnectAsync("bob");
        World.Network.IsUp = false;

        await alice.SendAsync("""{"to":"bob","body":1}""");

        Assert.Contains("\"code\":\"unavailable\"", await alice.NextAsync(), StringComparison.Ordinal);
        Assert.Empty(await World.Inbox.FramesOfAsync("bob"));
    }

    [Fact]
    public async Task RouteAsync_WithAPublishThatFails_TellsTheSender()
    {
        var alice = await _one.ConnectAsync("alice");
        await _two.ConnectAsync("bob");
        var gate = new TaskCompletionSource();
        World.Network.Gate = gate.Task;

        await alice.SendAsync("""{"to":"bob","body":1}""");
        World.Network.IsUp = false;
        gate.SetResult();

        Assert.Contains("\"code\":\"unavailable\"", await alice.NextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RouteAsync_WithAFullOutbox_TellsTheSender()
    {
        var small = AddServer("edge-3", ("Outbox:MaxBytes", "65536"));
        var alice = await small.ConnectAsync("alice");
        await _two.ConnectAsync("bob");
        var gate = new TaskCompletionSource();
        World.Network.Gate = gate.Task;
        var frame = $$"""{"to":"bob","body":"{{new string('x', 40_000)}}"}""";

        // One is under way, one waits, and there is no room for a third.
        var before = World.Network.Begun;
        await alice.SendAsync(frame);
        await Eventually.TrueAsync(() => World.Network.Begun > before, "the first is under way");
        await alice.SendAsync(frame);
        await alice.SendAsync(frame);

        Assert.Contains("\"code\":\"overloaded\"", await alice.NextAsync(), StringComparison.Ordinal);
        gate.SetResult();
    }

    /// <summary>Its sender sends it again: what the other devices had got already, they would get twice.</summary>
    [Fact]
    public async Task RouteAsync_WithAFullOutboxOnOneOfTwoWays_SendsOnNeither()
    {
        var small = AddServer("edge-3", ("Outbox:MaxBytes", "65536"));
        var alice = await small.ConnectAsync("alice");
        var four = AddServer("edge-4");
        await _two.ConnectAsync("bob");
        await four.ConnectAsync("bob");
        // The first of them answers for the message.
        var targets = Assert.Single(await small.Get<RouteResolver>().ResolveAsync(["bob"], CancellationToken.None));
        await (targets[0].ServerId == four.Id ? four : _two).ConnectAsync("carol");
        var gate = new TaskCompletionSource();
        World.Network.Gate = gate.Task;
        var frame = $$"""{"to":"carol","body":"{{new string('x', 40_000)}}"}""";
        var before = World.Network.Begun;
        await alice.SendAsync(frame);
        await Eventually.TrueAsync(() => World.Network.Begun > before, "the first is under way");
        await alice.SendAsync(frame);

        await alice.SendAsync($$"""{"to":"bob","body":"{{new string('x', 40_000)}}"}""");

        Assert.Contains("\"code\":\"overloaded\"", await alice.NextAsync(), StringComparison.Ordinal);
        gate.SetResult();
        await Eventually.TrueAsync(() => small.Get<ServerOutboxes>().IsIdle, "all has been sent");
        Assert.Empty(World.Network.For(targets[1].ServerId));
    }

    [Fact]
    public async Task RouteAsync_ToAUserOfTheFirstImplementation_LeavesInThePlainForm()
    {
        var alice = await _one.ConnectAsync("alice");
        World.Enter("bob", "go-1", inSet: false);

        await alice.SendAsync("""{"to":"bob","body":"hello"}""");

        await Eventually.TrueAsync(() => !World.Network.Published.IsEmpty, "it is published");
        var published = Assert.Single(World.Network.Published);
        Assert.True(published.IsPlain);
        Assert.Equal(("server.go-1", """{"from":"alice","to":"bob","body":"hello"}"""), (published.RoutingKey, published.Frame));
    }

    [Fact]
    public async Task RouteAsync_OfABodyThatIsNoText_ToTheFirstImplementation_TellsTheSender()
    {
        var alice = await _one.ConnectAsync("alice");
        World.Enter("bob", "go-1", inSet: false);

        await alice.SendAsync("""{"to":"bob","body":{"a":1}}""");

        Assert.Contains("\"code\":\"body_not_text\"", await alice.NextAsync(), StringComparison.Ordinal);
        Assert.Empty(World.Network.Published);
    }

    [Fact]
    public async Task RouteAsync_ToAUserOfADeadServer_IsStored()
    {
        var alice = await _one.ConnectAsync("alice");
        World.Enter("bob", "edge-9");
        World.Leases.Servers["edge-9"] = false;

        await alice.SendAsync("""{"to":"bob","body":1}""");

        Assert.Equal(["""{"from":"alice","to":"bob","body":1}"""], await World.Inbox.FramesOfAsync("bob"));
        Assert.Empty(World.Network.Published);
    }
}
