using MtSockets.Contracts.Bus;
using MtSockets.Edge.Protocol;
using MtSockets.Edge.Routing;
using MtSockets.Edge.Sockets;
using MtSockets.Edge.Tests.Fakes;
using MtSockets.TestKit;

namespace MtSockets.Edge.Tests.Users;

/// <summary>A user connects while the route to him is leased.</summary>
public sealed class LeaseRecallTests : ServerTests
{
    private static readonly TimeSpan Term = TimeSpan.FromMilliseconds(new RoutingOptions().RouteLeaseMs);

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(new SocketOptions().PeerNoticeTimeoutMs);

    // Ends a test that hangs.
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private readonly TestServer _one;
    private readonly TestServer _two;

    public LeaseRecallTests() => (_one, _two) = (AddServer("edge-1"), AddServer("edge-2"));

    private int Lookups => _one.Registry.Calls.Count(call => call == "lookup bob");

    /// <summary>The clock stands: it waits for no end.</summary>
    [Fact]
    public async Task Connect_WhileTheRouteIsLeased_RecallsTheLeaseAndIsAnsweredAtOnce()
    {
        var three = AddServer("edge-3");
        var alice = await _one.ConnectAsync("alice");
        var phone = await _two.ConnectAsync("bob");
        await LeaseAsync(alice, phone);
        var before = Lookups;

        var laptop = await three.ConnectAsync("bob").WaitAsync(Bound);
        Assert.False(_one.Get<RouteLeases>().TryGet("bob", out _));
        Assert.Equal(["edge-2"], laptop.User.OtherServers);

        await alice.SendAsync("""{"to":"bob","body":"by a question"}""");
        Assert.Equal(before + 1, Lookups);
        Assert.Contains("by a question", await phone.NextAsync(), StringComparison.Ordinal);
        Assert.Contains("by a question", await laptop.NextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_WhereTheHolderDoesNotAnswer_IsAnsweredWhenTheLeaseHasEnded()
    {
        var three = AddServer("edge-3");
        var alice = await _one.ConnectAsync("alice");
        var phone = await _two.ConnectAsync("bob");
        await LeaseAsync(alice, phone);
        World.Network.Deaf = "edge-1";

        var connecting = three.ConnectAsync("bob");
        await WaitsAsync();
        World.Time.Advance(Patience);
        await WaitsAsync();
        await alice.SendAsync("""{"to":"bob","body":"by the lease"}""");
        Assert.Contains("by the lease", await phone.NextAsync(), StringComparison.Ordinal);
        var second = three.ConnectAsync("bob");
        World.Time.Advance(Term - Patience);
        Assert.False(connecting.IsCompleted);
        Assert.False(second.IsCompleted);

        World.Time.Advance(Term);
        var laptop = await connecting.WaitAsync(Bound);
        await second.WaitAsync(Bound);
        await alice.SendAsync("""{"to":"bob","body":"by a question"}""");
        Assert.Contains("by a question", await phone.NextAsync(), StringComparison.Ordinal);
        Assert.Contains("by a question", await laptop.NextAsync(), StringComparison.Ordinal);
    }

    /// <summary>Its queue is gone, but nobody knows whether its process is.</summary>
    [Fact]
    public async Task Connect_WhereTheHolderIsGone_IsAnsweredWhenTheLeaseHasEnded()
    {
        var three = AddServer("edge-3", ("Sockets:PeerNoticeTimeoutMs", "60000"));
        var alice = await _one.ConnectAsync("alice");
        var phone = await _two.ConnectAsync("bob");
        await LeaseAsync(alice, phone);
        World.Network.Remove("edge-1");

        var connecting = three.ConnectAsync("bob");
        await WaitsAsync();
        World.Time.Advance(Term);
        Assert.False(connecting.IsCompleted);
        World.Time.Advance(Term);
        await connecting.WaitAsync(Bound);
    }

    /// <summary>Whoever else has entered the user, and whatever became of him: the lease runs on.</summary>
    [Fact]
    public async Task Connect_AfterOneWhoGaveUpWaiting_WaitsTooAndSoDoesOneWhomAReconciliationEntered()
    {
        var three = AddServer("edge-3", ("Sockets:PeerNoticeTimeoutMs", "100"));
        var alice = await _one.ConnectAsync("alice");
        await LeaseAsync(alice, await _two.ConnectAsync("bob"));
        World.Network.Deaf = "edge-1";

        using var gone = new CancellationTokenSource();
        var user = three.Table.Add(three.Get<ConnectionFactory>().Create("bob", Dialect.Plain, null));
        var givesUp = three.Registrar.EnterAsync(user, gone.Token);
        await WaitsAsync();
        World.Time.Advance(TimeSpan.FromMilliseconds(100));
        await WaitsAsync();
        var reconciling = three.Registrar.ReconcileAsync(CancellationToken.None);
        await WaitsAsync(2);
        World.Time.Advance(TimeSpan.FromMilliseconds(100));
        await reconciling.WaitAsync(Bound);
        var second = three.ConnectAsync("bob");
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => givesUp);
        await WaitsAsync();
        World.Time.Advance(Term - TimeSpan.FromMilliseconds(200));
        Assert.False(second.IsCompleted);

        World.Time.Advance(Term);
        await second.WaitAsync(Bound);
    }

    /// <summary>It was asked before he connected, so its answer does not name his new server.</summary>
    [Fact]
    public async Task Connect_WhileAQuestionIsOnItsWay_ItsAnswerIsNotLeased()
    {
        var three = AddServer("edge-3");
        var alice = await _one.ConnectAsync("alice");
        var phone = await _two.ConnectAsync("bob");
        await alice.SendAsync("""{"to":"bob","body":"1"}""");
        var answer = new TaskCompletionSource();
        _one.Registry.LookupGate = answer.Task;
        var sending = alice.SendAsync("""{"to":"bob","body":"2"}""");
        Assert.Single(World.Registry.RouteLeasesOf("bob"));

        var laptop = await three.ConnectAsync("bob").WaitAsync(Bound);
        answer.SetResult();
        await sending;
        await alice.SendAsync("""{"to":"bob","body":"3"}""");
        Assert.Equal(3, (await phone.NextAsync(3)).Length);
        Assert.Contains("\"body\":\"3\"", await laptop.NextAsync(), StringComparison.Ordinal);
    }

    /// <summary>It would tell itself, and wait for an answer.</summary>
    [Fact]
    public async Task Connect_WhereTheHolderIsTheServerItself_EndsTheLeaseThere()
    {
        var alice = await _one.ConnectAsync("alice");
        await LeaseAsync(alice, await _two.ConnectAsync("bob"));
        World.Network.Published.Clear();

        await _one.ConnectAsync("bob").WaitAsync(Bound);

        Assert.False(_one.Get<RouteLeases>().TryGet("bob", out _));
        Assert.Empty(World.Network.For("edge-1", ServerMessageKind.Arrived));
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
