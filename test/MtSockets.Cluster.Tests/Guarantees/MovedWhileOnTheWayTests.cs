using MtSockets.Cluster.Tests.Servers;
using MtSockets.TestKit.Brokers;
using MtSockets.TestKit.Sockets;
using Xunit;

namespace MtSockets.Cluster.Tests.Guarantees;

/// <summary>A user has moved while a message for him was on its way to the servers that held him.</summary>
public sealed class MovedWhileOnTheWayTests : IAsyncLifetime
{
    private EdgeCluster _cluster = null!;
    private TcpRelay _rabbitMq = null!;
    private EdgeServer _slow = null!;

    public async Task InitializeAsync()
    {
        _cluster = await EdgeCluster.StartAsync(2);
        _rabbitMq = TcpRelay.Start(_cluster.RabbitMq);
        _slow = await EdgeServer.StartAsync(_cluster.Setup().With(("RABBITMQ_ADDR", _rabbitMq.Address), ("Bus__PublishTimeoutMs", "30000")));
    }

    public async Task DisposeAsync()
    {
        await _cluster.DisposeAsync();
        await _slow.DisposeAsync();
        await _rabbitMq.DisposeAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Send_AllDevicesMoveToAServerThatGotNoCopy_ComesOnce(int devices)
    {
        var alice = await _cluster.ConnectAsync(_slow.Address, EdgeSetup.Unique("alice"));
        var user = EdgeSetup.Unique("bob");
        var before = await Task.WhenAll(Enumerable.Range(0, devices).Select(server => _cluster.ConnectAsync(server, user)));
        _rabbitMq.Stall();
        await SendOnTheWayAsync(alice, user);
        await Task.WhenAll(before.Select(device => device.CloseAsync()));
        await LeftAsync(user);
        var moved = await _cluster.ConnectAsync(_slow.Address, user);

        _rabbitMq.Restore();

        Assert.Contains("on its way", await moved.ReceiveAsync(), StringComparison.Ordinal);
        foreach (var server in (int[])[0, 1])
            await moved.ExpectNothingAsync(await _cluster.ConnectAsync(server, EdgeSetup.Unique("carol")));
    }

    [Fact]
    public async Task Send_AllDevicesLeave_IsStoredOnce()
    {
        var alice = await _cluster.ConnectAsync(_slow.Address, EdgeSetup.Unique("alice"));
        var user = EdgeSetup.Unique("bob");
        var before = await Task.WhenAll(Enumerable.Range(0, 2).Select(server => _cluster.ConnectAsync(server, user)));
        _rabbitMq.Stall();
        await SendOnTheWayAsync(alice, user);
        await Task.WhenAll(before.Select(device => device.CloseAsync()));
        await LeftAsync(user);

        _rabbitMq.Restore();
        await using var redis = await Brokers.RedisView.OpenAsync(_cluster.Redis);
        await TestKit.Eventually.TrueAsync(async () => await redis.StringAsync($"inbox:{{{user}}}:seq") is not null, "it is stored");
        // On the same way and behind it, so whatever would come twice has come.
        await alice.SendAsync(user, "behind it");
        await TestKit.Eventually.TrueAsync(async () => await redis.StringAsync($"inbox:{{{user}}}:seq") == "2", "the second is stored");

        var again = await _cluster.ConnectAsync(1, user);
        Assert.Contains("on its way", await again.ReceiveAsync(), StringComparison.Ordinal);
        Assert.Contains("behind it", await again.ReceiveAsync(), StringComparison.Ordinal);
        await again.ExpectNothingAsync(alice);
    }

    [Fact]
    public async Task Send_OneDeviceLeavesAndTheOtherStays_ComesOnce()
    {
        var alice = await _cluster.ConnectAsync(_slow.Address, EdgeSetup.Unique("alice"));
        var user = EdgeSetup.Unique("bob");
        foreach (var server in (int[])[0, 1])
        {
            var stays = await _cluster.ConnectAsync(server, user);
            var leaves = await _cluster.ConnectAsync(1 - server, user);
            _rabbitMq.Stall();
            await SendOnTheWayAsync(alice, user);
            await leaves.CloseAsync();
            await TestKit.Eventually.TrueAsync(() => !_cluster[1 - server].Get<Edge.Sockets.SocketTable>().TryGet(user, out _), "one has left");

            _rabbitMq.Restore();

            Assert.Contains("on its way", await stays.ReceiveAsync(), StringComparison.Ordinal);
            await stays.ExpectNothingAsync(alice);
            await stays.CloseAsync();
            await LeftAsync(user);
        }
    }

    private async Task SendOnTheWayAsync(TestClient alice, string user)
    {
        await alice.SendAsync(user, "on its way");
        await TestKit.Eventually.TrueAsync(() => !_slow.Get<Infrastructure.Outbox.ServerOutboxes>().IsIdle, "it waits for RabbitMQ");
    }

    private Task LeftAsync(string user) => TestKit.Eventually.TrueAsync(
        () => !_cluster[0].Get<Edge.Sockets.SocketTable>().TryGet(user, out _) && !_cluster[1].Get<Edge.Sockets.SocketTable>().TryGet(user, out _),
        "the registry knows that he has left");
}
