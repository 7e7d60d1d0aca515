using MtSockets.Contracts.Events;
using MtSockets.Edge.Protocol;
using MtSockets.Edge.Sockets;
using MtSockets.Edge.Tests.Fakes;
using MtSockets.Infrastructure;
using MtSockets.Infrastructure.Events;
using MtSockets.TestKit;

namespace MtSockets.Edge.Tests.Users;

public sealed class UserRegistrarTests : ServerTests
{
    private readonly TestServer _one;
    private readonly TestServer _two;

    public UserRegistrarTests() => (_one, _two) = (AddServer("edge-1"), AddServer("edge-2"));

    [Fact]
    public async Task EnterAndLeave_OfSeveralConnections_TellTheRegistryOnceEach()
    {
        var phone = await _one.ConnectAsync("bob");
        var laptop = await _one.ConnectAsync("bob");
        Assert.Equal(["edge-1"], World.ServersOf("bob"));

        await phone.LeaveAsync();
        Assert.Equal(["edge-1"], World.ServersOf("bob"));
        await laptop.LeaveAsync();

        Assert.Empty(World.ServersOf("bob"));
        Assert.Equal(["register bob", "unregister bob"], _one.Registry.Calls);
        Assert.True(_one.Table.IsEmpty);
    }

    [Fact]
    public async Task Leave_OfOneServer_LeavesTheEntryOfTheOther()
    {
        var older = await _one.ConnectAsync("bob");
        await _two.ConnectAsync("bob");

        await older.LeaveAsync();

        Assert.Equal(["edge-2"], World.ServersOf("bob"));
        Assert.Equal("edge-2", World.Registry.Last["bob"]);
    }

    [Fact]
    public async Task EnterAndLeave_ByManyAtOnce_EndWithTheTruth()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 4000; i++)
            {
                var device = await _one.ConnectAsync("bob");
                Assert.Equal(["edge-1"], World.ServersOf("bob"));
                await device.LeaveAsync();
            }
        })));

        Assert.Empty(World.ServersOf("bob"));
        Assert.True(_one.Table.IsEmpty);
    }

    [Fact]
    public async Task Enter_WithRedisAway_IsMadeUpFor()
    {
        World.IsRedisUp = false;
        await _one.ConnectAsync("bob");
        Assert.True(_one.Registrar.IsBehind);

        World.IsRedisUp = true;
        await _one.Registrar.ReconcileAsync(CancellationToken.None);

        Assert.Equal(["edge-1"], World.ServersOf("bob"));
        Assert.False(_one.Registrar.IsBehind);
    }

    [Fact]
    public async Task Leave_WithRedisAway_IsMadeUpFor()
    {
        var bob = await _one.ConnectAsync("bob");
        World.IsRedisUp = false;
        await bob.LeaveAsync();
        Assert.True(_one.Table.IsEmpty);
        Assert.True(_one.Registrar.IsBehind);

        World.IsRedisUp = true;
        await _one.Registrar.ReconcileAsync(CancellationToken.None);

        Assert.Empty(World.ServersOf("bob"));
    }

    [Fact]
    public async Task Enter_OfAClientThatLeavesMeanwhile_LeavesNoEntryBehind()
    {
        var answer = new TaskCompletionSource();
        _one.Registry.AnswerGate = answer.Task;
        var connection = _one.Get<ConnectionFactory>().Create("bob", Dialect.Plain, lastSeq: null);
        var user = _one.Table.Add(connection);
        using var aborted = new CancellationTokenSource();
        var entering = _one.Registrar.EnterAsync(user, aborted.Token);
        await Eventually.TrueAsync(() => World.ServersOf("bob").Length == 1, "Redis has the entry");

        await aborted.CancelAsync();
        answer.SetResult();
        await Task.WhenAny(entering);
        _one.Table.Remove(user, connection);
        await _one.Registrar.LeaveAsync(user, CancellationToken.None);

        Assert.Empty(World.ServersOf("bob"));
    }

    [Fact]
    public async Task Reconcile_OfAnEmptyRegistry_EntersEverybodyWhoIsHere()
    {
        var phone = await _one.ConnectAsync("bob");
        await _one.ConnectAsync("carol");
        var laptop = await _two.ConnectAsync("bob");
        lock (World.Registry)
        {
            World.Registry.Servers.Clear();
            World.Registry.Last.Clear();
        }

        await _one.Registrar.ReconcileAsync(CancellationToken.None);
        await _two.Registrar.ReconcileAsync(CancellationToken.None);

        Assert.Equal(["edge-1", "edge-2"], World.ServersOf("bob"));
        Assert.Equal(["edge-1"], World.ServersOf("carol"));
        Assert.Equal(["edge-2"], phone.User.OtherServers);
        Assert.Equal(["edge-1"], laptop.User.OtherServers);
    }

    [Fact]
    public async Task Reconcile_OfEntriesThatAreWrong_RemovesThoseAlone()
    {
        World.Enter("ghost", "edge-1");
        World.Enter("carol", "edge-2");
        await _one.ConnectAsync("bob");

        await _one.Registrar.ReconcileAsync(CancellationToken.None);

        Assert.Empty(World.ServersOf("ghost"));
        Assert.Equal(["edge-2"], World.ServersOf("carol"));
        Assert.Equal(["edge-1"], World.ServersOf("bob"));
    }

    [Fact]
    public async Task Reconcile_WhileSomebodyComesBack_DoesNotRemoveHim()
    {
        World.Enter("bob", "edge-1"); // from before; he is not here yet
        _one.Registry.BeforeRemove = async _ => await _one.ConnectAsync("bob");

        await _one.Registrar.ReconcileAsync(CancellationToken.None);

        Assert.Equal(["edge-1"], World.ServersOf("bob"));
    }

    [Fact]
    public async Task Reconcile_WhileSomebodyComesBack_HasHimReadWhatWasStoredWhileHeWasNotEntered()
    {
        World.Enter("bob", "edge-1"); // from before; he is not here yet
        Device? bob = null;
        _one.Registry.BeforeRemove = async _ =>
        {
            bob = await _one.ConnectAsync("bob");
            await Eventually.TrueAsync(() => World.Inbox.Reads == 1, "his log was read");
            await World.Inbox.StoreAsync("bob", "{}"); // by a server that found him nowhere
        };

        await _one.Registrar.ReconcileAsync(CancellationToken.None);

        Assert.Equal("{}", await bob!.NextAsync());
    }

    [Fact]
    public async Task Reconcile_ThatFails_LeavesItToTheNextOne()
    {
        var bob = await _one.ConnectAsync("bob");
        World.IsRedisUp = false;
        await bob.LeaveAsync();
        World.IsRedisUp = true;
        _one.Registry.BeforeRemove = _ => throw new DependencyUnavailableException("Redis");

        await Assert.ThrowsAsync<DependencyUnavailableException>(() => _one.Registrar.ReconcileAsync(CancellationToken.None));

        Assert.True(_one.Registrar.IsBehind);
    }

    [Fact]
    public async Task OnlineAndOffline_ArePublishedForTheFirstAndTheLastConnectionOfAllServers()
    {
        await _one.RunAsync<EventPublisher>();
        await _two.RunAsync<EventPublisher>();

        var phone = await _one.ConnectAsync("bob");
        var tablet = await _one.ConnectAsync("bob");
        var laptop = await _two.ConnectAsync("bob");
        await _one.Registrar.ReconcileAsync(CancellationToken.None);
        await phone.LeaveAsync();
        await tablet.LeaveAsync();
        await laptop.LeaveAsync();

        await Eventually.TrueAsync(() => _one.Events.All.OfType<UserOnline>().Any(), "online is published");
        await Eventually.TrueAsync(() => _two.Events.All.OfType<UserOffline>().Any(), "offline is published");
        Assert.Equal(("bob", "edge-1"), OnlyOnline(_one));
        Assert.Empty(_two.Events.All.OfType<UserOnline>());
        Assert.Empty(_one.Events.All.OfType<UserOffline>());
    }

    [Fact]
    public async Task Reconcile_OfAUserWhoWasOnlineAllTheTime_DoesNotPublishItAgain()
    {
        await _one.RunAsync<EventPublisher>();
        await _one.ConnectAsync("bob");

        await _one.Registrar.ReconcileAsync(CancellationToken.None);
        await _one.ConnectAsync("marker");

        await Eventually.TrueAsync(() => _one.Events.All.OfType<UserOnline>().Any(online => online.UserId == "marker"), "the marker is published");
        Assert.Equal(["bob", "marker"], _one.Events.All.OfType<UserOnline>().Select(online => online.UserId));
    }

    private static (string, string) OnlyOnline(TestServer server)
    {
        var online = Assert.Single(server.Events.All.OfType<UserOnline>());
        return (online.UserId, online.ServerId);
    }
}
