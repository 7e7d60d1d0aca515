using MtSockets.Contracts.Bus;
using MtSockets.Edge.Tests.Fakes;
using MtSockets.Edge.Users;
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

    [Fact]
    public async Task Arrive_AtAServerThatDoesNotAnswer_WaitsNoLongerThanItMay()
    {
        var patient = AddServer("edge-3", ("Sockets:PeerNoticeTimeoutMs", "50"));
        await _one.ConnectAsync("bob");
        World.Network.IsSilent = true;

        var phone = await patient.ConnectAsync("bob").WaitAsync(TimeSpan.FromSeconds(10));

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

        notices.OnKnown("bob", "edge-2");
        notices.OnArrived("bob", "edge-2");
        Assert.Equal(["edge-2"], phone.User.OtherServers);

        notices.OnDeparted("bob", "edge-2");
        notices.OnDeparted("bob", "edge-2");
        Assert.Empty(phone.User.OtherServers);
    }
}
