using System.Globalization;
using MtSockets.Cluster.Tests.Brokers;
using MtSockets.Cluster.Tests.Servers;
using MtSockets.Contracts.Naming;
using MtSockets.TestKit;
using Xunit;

namespace MtSockets.Cluster.Tests.Faults;

/// <summary>A server that dies by kill -9: in the first implementation its keys stay for ever.</summary>
public sealed class DeadServerTests : IAsyncLifetime
{
    private EdgeCluster _cluster = null!;
    private RedisView _redis = null!;
    private EdgeProcess _process = null!;

    public async Task InitializeAsync()
    {
        _cluster = await EdgeCluster.StartAsync(1, ("Lease__DurationMs", "2000"), ("Lease__RenewMs", "300"));
        _redis = await RedisView.OpenAsync(_cluster.Redis);
        _process = await EdgeProcess.StartAsync(_cluster.Setup());
    }

    public async Task DisposeAsync()
    {
        await _process.DisposeAsync();
        await _redis.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task ServerIsKilled_ItsKeysAreRemoved_AndMessagesForItsUsersAreStored()
    {
        var alice = await _cluster.ConnectAsync(0, EdgeSetup.Unique("alice"));
        var name = EdgeSetup.Unique("bob");
        var users = Enumerable.Range(0, 30).Select(i => $"{name}-{i}").ToArray();
        await Task.WhenAll(users.Select(user => _cluster.ConnectAsync(_process.Address, user)));
        var both = await _cluster.ConnectAsync(0, users[0]);

        await _process.KillAsync();
        // RabbitMQ keeps its queue for a moment yet: what comes into that is lost with it.
        await using var amqp = await AmqpChannel.OpenAsync(_cluster.RabbitMq);
        await Eventually.TrueAsync(async () => !await amqp.IsTakenAsync(BusNames.ServerKey(_process.Id)), "its queue is gone");
        // No server has noticed yet: the batch is returned.
        await alice.SendAsync(users[1], "at once");

        await Eventually.TrueAsync(
            async () => !await _redis.ExistsAsync("server_users:" + _process.Id), "the dead server's users are removed", TimeSpan.FromSeconds(20));
        await Eventually.TrueAsync(
            async () => !(await _redis.MembersAsync("servers")).Contains(_process.Id), "the dead server is forgotten");
        Assert.False(await _redis.ExistsAsync("server:" + _process.Id));
        Assert.Equal(_cluster[0].Id, await _redis.StringAsync("user:" + users[0]));
        foreach (var user in users[1..])
        {
            Assert.False(await _redis.ExistsAsync("user:" + user));
            Assert.False(await _redis.ExistsAsync("user_servers:" + user));
        }

        await alice.SendAsync(users[1], "later");
        await Eventually.ValueAsync(() => _redis.StringAsync($"inbox:{{{users[1]}}}:seq"), seq => seq == "2", "both are stored");
        var again = await _cluster.ConnectAsync(0, users[1]);
        Assert.Contains("at once", await again.ReceiveAsync(), StringComparison.Ordinal);
        Assert.Contains("later", await again.ReceiveAsync(), StringComparison.Ordinal);
        await alice.SendAsync(users[0], "you are still here");
        Assert.Contains("still here", await both.ReceiveAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ServerIsKilled_ItHeldADeviceOfAUserHere_LocalMessagesAreLocalAgain()
    {
        var alice = await _cluster.ConnectAsync(0, EdgeSetup.Unique("alice"));
        var bob = await _cluster.ConnectAsync(0, EdgeSetup.Unique("bob"));
        await _cluster.ConnectAsync(_process.Address, bob.User);
        await _process.KillAsync();
        await Eventually.TrueAsync(
            async () => !(await _redis.MembersAsync("servers")).Contains(_process.Id), "the dead server is forgotten", TimeSpan.FromSeconds(20));

        await alice.SendAsync(bob.User, "first");
        await bob.ReceiveAsync();
        await Eventually.TrueAsync(
            () => _cluster[0].Get<Edge.Sockets.SocketTable>().TryGet(bob.User, out var user) && user.OtherServers.Length == 0,
            "nothing more is sent to the dead server for him");
    }

    [Fact]
    public async Task ServerIsKilled_ComesBackUnderItsIdAtOnce_HoldsItsUsers()
    {
        var alice = await _cluster.ConnectAsync(0, EdgeSetup.Unique("alice"));
        var user = EdgeSetup.Unique("bob");
        await _cluster.ConnectAsync(_process.Address, user);
        await _process.KillAsync();

        await using var again = await EdgeProcess.StartAsync(_cluster.Setup().With(("SERVER_ID", _process.Id)));
        var bob = await _cluster.ConnectAsync(again.Address, user);

        for (var i = 0; i < 3; i++)
        {
            await alice.SendAsync(user, i);
            Assert.EndsWith(i.ToString(CultureInfo.InvariantCulture) + "}", await bob.ReceiveAsync(), StringComparison.Ordinal);
        }

        Assert.Equal([user], await _redis.MembersAsync("server_users:" + _process.Id));
    }
}
