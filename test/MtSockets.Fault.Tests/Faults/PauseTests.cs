using MtSockets.Fault.Tests.Load;
using MtSockets.Fault.Tests.Servers;
using MtSockets.TestKit;
using MtSockets.TestKit.Sockets;
using Xunit.Abstractions;

namespace MtSockets.Fault.Tests.Faults;

/// <summary>A server stands still for longer than its lease, and comes back without knowing it.</summary>
[Collection(FaultCollection.Name)]
public sealed class PauseTests(FaultCluster cluster, ITestOutputHelper output)
{
    [Fact]
    public async Task Server_PausedBeyondItsLease_LosesNothing()
    {
        await using var load = await FaultLoad.StartAsync(cluster, "server-paused");
        load.Broken();
        cluster.Servers[1].Pause();
        var pause = Task.Delay(FaultMode.Pause);
        await load.FlowAsync();
        await pause;
        cluster.Servers[1].Resume();
        load.Repaired();
        await cluster.ReadyAsync();
        await load.FlowAsync();
        FaultAssert.NothingLost(await load.EndAsync(), output);
    }

    [Fact]
    public async Task Server_PausedBeyondItsLease_EntersItsLiveConnectionsAgain()
    {
        await cluster.ReadyAsync();
        var (paused, other) = (cluster.Servers[1], cluster.Servers[0]);
        var name = $"paused-{Guid.NewGuid():N}";
        // It says nothing by itself, so it is still connected when its server wakes up.
        await using var patient = await TestClient.ConnectAsync(paused.Address, name);
        await using var sender = await TestClient.ConnectAsync(other.Address, name + "-from");

        paused.Pause();
        await Eventually.TrueAsync(
            async () => (await cluster.AskRedisAsync($"EXISTS user_servers:{name}")) is ["0"],
            "the paused server is cleaned up after",
            TimeSpan.FromSeconds(40));
        paused.Resume();
        await Eventually.TrueAsync(
            async () => (await cluster.AskRedisAsync($"SMEMBERS user_servers:{name}")).Contains(paused.ServerId),
            "its connection is entered again",
            TimeSpan.FromSeconds(30));
        await paused.ReadyAsync();

        await sender.SendAsync(name, "after the pause");
        Assert.Contains("after the pause", await patient.ReceiveAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_PausedWhileAnotherStillCleansUp_WaitsAndGoesOn()
    {
        await cluster.ReadyAsync();
        var paused = cluster.Servers[1];
        var name = $"cleaned-{Guid.NewGuid():N}";
        await using var patient = await TestClient.ConnectAsync(paused.Address, name);

        paused.Pause();
        await Eventually.TrueAsync(
            async () => (await cluster.AskRedisAsync($"EXISTS server:{paused.ServerId} server_users:{paused.ServerId}")) is ["0"],
            "the paused server is cleaned up after",
            TimeSpan.FromSeconds(40));
        // Somebody who takes his time, or has died at it.
        await cluster.AskRedisAsync($"SET server_cleanup:{paused.ServerId} somebody PX 3000");
        paused.Resume();
        await Eventually.TrueAsync(
            async () => (await cluster.AskRedisAsync($"SMEMBERS user_servers:{name}")).Contains(paused.ServerId),
            "its connection is entered again after the clean-up",
            TimeSpan.FromSeconds(30));
        await paused.ReadyAsync();
    }
}
