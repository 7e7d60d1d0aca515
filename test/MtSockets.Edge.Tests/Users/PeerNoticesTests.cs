using MtSockets.Contracts.Bus;
using MtSockets.Edge.Routing;
using MtSockets.Edge.Tests.Fakes;
using MtSockets.Edge.Users;
using MtSockets.Infrastructure.Outbox;
using MtSockets.TestKit;

namespace MtSockets.Edge.Tests.Users;

public sealed class PeerNoticesTests : ServerTests
{
    private readonly TestServer _one;
    private readonly TestServer _two;

    public PeerNoticesTests() => (_one, _two) = (AddServer("edge-1"), AddServer("edge-2"));

    [Fact]
    public async Task Arrive_OfAUserWhomAnotherServerHolds_MakesBothKnowEachOther()
    {
        var phone = await _one.ConnectAsync("bob");
        var laptop = await _two.ConnectAsync("bob");

        Assert.Equal(["edge-2"], phone.User.OtherServers);
        Assert.Equal(["edge-1"], laptop.User.OtherServers);
    }

    [Fact]
    public async Task Arrive_OfASecondConnectionOnTheSameServer_TellsNobody()
    {
        await _one.ConnectAsync("bob");
        await _two.ConnectAsync("bob");
        var before = World.Network.Published.Count;

        await _two.ConnectAsync("bob");

        Assert.Equal(before, World.Network.Published.Count);
    }

    [Fact]
    public async Task Depart_OfTheLastConnection_IsTold()
    {
        var phone = await _one.ConnectAsync("bob");
        var laptop = await _two.ConnectAsync("bob");
        var tablet = await _two.ConnectAsync("bob");

        await laptop.LeaveAsync();
        Assert.Equal(["edge-2"], phone.User.OtherServers);
        await tablet.LeaveAsync();

        await Eventually.TrueAsync(() => phone.User.OtherServers.Length == 0, "edge-1 knows that edge-2 holds him no more");
    }

    [Fact]
    public async Task OnArrived_OfAUserWhoIsNotHere_AnswersSo()
    {
        var phone = await _one.ConnectAsync("bob");
        World.Enter("bob", "edge-2"); // the registry is wrong: he has left there
        phone.User.AddOtherServer("edge-2");

        await _one.Registrar.ReconcileAsync(CancellationToken.None);

        await Eventually.TrueAsync(() => phone.User.OtherServers.Length == 0, "the wrong belief is corrected");
        Assert.Single(World.Network.For("edge-1", ServerMessageKind.Departed));
    }

    /// <summary>To close a connection takes as long as its client takes to answer, and the registry is told behind it.</summary>
    [Fact]
    public async Task OnArrived_WhileTheLastConnectionHereCloses_IsMadeUpForByTheNextOne()
    {
        var phone = await _one.ConnectAsync("bob");
        _one.Table.Remove(phone.User, phone.Connection);
        var laptop = await _two.ConnectAsync("bob");
        Assert.Empty(laptop.User.OtherServers);

        var tablet = await _one.ConnectAsync("bob");
        await phone.LeaveAsync();

        Assert.Equal(["edge-2"], tablet.User.OtherServers);
        Assert.Equal(["edge-1"], laptop.User.OtherServers);
    }

    [Fact]
    public async Task OnArrived_WhileTheUserComesHere_EndsWithTheTruth()
    {
        var laptop = await _two.ConnectAsync("bob");
        Task<Device>? connecting = null;
        // Nobody was here when it was looked, and what he says of himself goes out before the answer.
        World.Network.BeforeSend = () => connecting = _one.ConnectAsync("bob");

        _one.Get<PeerNotices>().OnArrived("bob", "edge-2", 0);

        var phone = await connecting!;
        await Eventually.TrueAsync(() => World.Network.For("edge-2", ServerMessageKind.Departed).Any(), "the wrong answer is there");
        await Eventually.TrueAsync(() => laptop.User.OtherServers is ["edge-1"] && phone.User.OtherServers is ["edge-2"], "they know each other");
    }

    [Fact]
    public async Task Arrive_AtAServerThatDoesNotAnswer_WaitsNoLongerThanItMay()
    {
        var patient = AddServer("edge-3", ("Sockets:PeerNoticeTimeoutMs", "50"));
        await _one.ConnectAsync("bob");
        World.Network.IsSilent = true;

        var connecting = patient.ConnectAsync("bob");
        await Eventually.TrueAsync(() => World.Time.WaitingTimers > 0, "it waits for the answer");
        Assert.False(connecting.IsCompleted);
        World.Time.Advance(TimeSpan.FromMilliseconds(50));
        var phone = await connecting.WaitAsync(TimeSpan.FromSeconds(10));

        Assert.Equal(["edge-1"], phone.User.OtherServers);
    }

    [Fact]
    public async Task Arrive_AtAServerThatIsGone_ForgetsItAtOnce()
    {
        var patient = AddServer("edge-3", ("Sockets:PeerNoticeTimeoutMs", "60000"));
        World.Enter("bob", "edge-9");
        World.Leases.Servers["edge-9"] = true; // its lease has not ended yet, but its queue has

        var phone = await patient.ConnectAsync("bob").WaitAsync(TimeSpan.FromSeconds(10));

        Assert.Empty(phone.User.OtherServers);
    }

    [Fact]
    public async Task Arrive_WithTheBusAway_DoesNotWait()
    {
        var patient = AddServer("edge-3", ("Sockets:PeerNoticeTimeoutMs", "60000"));
        await _one.ConnectAsync("bob");
        World.Network.IsUp = false;

        await patient.ConnectAsync("bob").WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Arrive_OnBothServersAtOnce_LeavesBothKnowing()
    {
        for (var i = 0; i < 50; i++)
        {
            var user = $"user-{i}";
            var devices = await Task.WhenAll(
                Task.Run(() => _one.ConnectAsync(user)),
                Task.Run(() => _two.ConnectAsync(user)));

            Assert.Equal(["edge-2"], devices[0].User.OtherServers);
            Assert.Equal(["edge-1"], devices[1].User.OtherServers);
        }
    }

    [Fact]
    public async Task Notices_ThatComeTwice_ChangeNothing()
    {
        var phone = await _one.ConnectAsync("bob");
        await _two.ConnectAsync("bob");
        var notices = _one.Get<PeerNotices>();

        notices.OnKnown("bob", "edge-2", 0);
        notices.OnArrived("bob", "edge-2", 0);
        Assert.Equal(["edge-2"], phone.User.OtherServers);

        notices.OnDeparted("bob", "edge-2", 0);
        notices.OnDeparted("bob", "edge-2", 0);
        Assert.Empty(phone.User.OtherServers);
    }

    [Fact]
    public async Task OnArrived_WhateverItFinds_AnswersWithTheNumberOfTheNotice()
    {
        await _one.ConnectAsync("bob");
        var notices = _one.Get<PeerNotices>();
        notices.OnArrived("bob", "edge-2", 41);
        notices.OnArrived("carol", "edge-2", 42);

        await Eventually.TrueAsync(() => World.Network.Published.Count == 2, "both are answered");
        Assert.Equal(41, Assert.Single(World.Network.For("edge-2", ServerMessageKind.Known)).Seq);
        Assert.Equal(42, Assert.Single(World.Network.For("edge-2", ServerMessageKind.Departed)).Seq);
    }

    [Fact]
    public async Task OnArrived_OfAUserWhoseRouteIsLeased_EndsTheLeaseBeforeTheAnswer()
    {
        var leases = _one.Get<RouteLeases>();
        leases.Note(new KnownRoute("bob", [new OutboxTarget("edge-3")], World.Time.GetTimestamp(), IsLeased: true));
        bool? isLeased = null;
        World.Network.BeforeSend = () => isLeased = leases.TryGet("bob", out _);

        _one.Get<PeerNotices>().OnArrived("bob", "edge-2", 1);

        Assert.False(isLeased);
    }

    /// <summary>Only the answer to this notice says that it was read.</summary>
    [Theory]
    [InlineData(ServerMessageKind.Known)]
    [InlineData(ServerMessageKind.Departed)]
    public async Task Arrive_AnsweredWithAnotherNumber_GoesOnWaiting(ServerMessageKind kind)
    {
        World.Network.IsSilent = true;
        var notices = _one.Get<PeerNotices>();
        using var enough = new CancellationTokenSource();
        var earlier = notices.ArriveAsync("bob", ["edge-2"], enough.Token);
        var earlierNumber = await NumberOfNoticeAsync(1);
        await enough.CancelAsync();
        Assert.Equal(["edge-2"], await earlier);

        var arriving = notices.ArriveAsync("bob", ["edge-2"], CancellationToken.None);
        var number = await NumberOfNoticeAsync(2);
        Assert.NotEqual(earlierNumber, number);
        notices.OnDeparted("bob", "edge-2", number: 0);
        Answer(earlierNumber);
        notices.OnUndelivered(new ServerMessage(kind, "bob", default) { Seq = number }, "edge-2", OutboxFailure.ServerGone);
        _one.Delivery.Deliver("edge-3", MessageBatch.Of(new ServerMessage(kind, "bob", default) { Seq = number }));
        Assert.False(arriving.IsCompleted);

        Answer(number);
        Assert.Empty(await arriving.WaitAsync(TimeSpan.FromSeconds(10)));

        void Answer(long seq) => _one.Delivery.Deliver("edge-2", MessageBatch.Of(new ServerMessage(kind, "bob", default) { Seq = seq }));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Arrive_ThatCannotBeDelivered_IsNotAnswered(bool isBusUp)
    {
        AddServer("edge-3");
        World.Network.Remove("edge-2");
        World.Network.IsUp = isBusUp;
        var silent = await _one.Get<PeerNotices>().ArriveAsync("bob", ["edge-2", "edge-3"], CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(isBusUp ? ["edge-2"] : ["edge-2", "edge-3"], silent);
    }

    private async Task<long> NumberOfNoticeAsync(int count)
    {
        await Eventually.TrueAsync(() => World.Network.For("edge-2", ServerMessageKind.Arrived).Count() == count, "the notice is sent");
        return World.Network.For("edge-2", ServerMessageKind.Arrived).Last().Seq;
    }
}
