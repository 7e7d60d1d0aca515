using MtSockets.Fault.Tests.Load;
using MtSockets.Fault.Tests.Servers;
using MtSockets.TestKit;
using Xunit.Abstractions;

namespace MtSockets.Fault.Tests.Faults;

/// <summary>Something dies at once, without a word.</summary>
[Collection(FaultCollection.Name)]
public sealed class DeathTests(FaultCluster cluster, ITestOutputHelper output)
{
    private static readonly TimeSpan CleanUpBound = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Server_Killed_LosesNothingAndLeavesNothingInRedis()
    {
        await using var load = await FaultLoad.StartAsync(cluster, "server-killed");
        var dead = cluster.Servers[0];
        Assert.NotEmpty(await cluster.AskRedisAsync($"SMEMBERS server_users:{dead.ServerId}"));
        load.Broken();
        await dead.KillAsync();
        var killed = System.Diagnostics.Stopwatch.GetTimestamp();
        await load.FlowAsync();
        await Eventually.TrueAsync(
            async () => (await cluster.AskRedisAsync($"EXISTS server:{dead.ServerId} server_users:{dead.ServerId}")) is ["0"]
                && !(await cluster.AskRedisAsync("SMEMBERS servers")).Contains(dead.ServerId),
            "the entries of the dead server are gone from Redis",
            CleanUpBound);
        output.WriteLine($"server-killed: its entries were gone after {System.Diagnostics.Stopwatch.GetElapsedTime(killed).TotalSeconds:0.0} s");

        await dead.StartAsync();
        load.Repaired();
        await load.FlowAsync();
        FaultAssert.NothingLost(await load.EndAsync(), output);
    }

    [Fact]
    public async Task RabbitMq_KilledAndRestarted_LosesNothing()
    {
        await using var load = await FaultLoad.StartAsync(cluster, "rabbitmq-killed");
        load.Broken();
        await cluster.RabbitMq.KillAsync();
        await load.FlowAsync();
        await cluster.RabbitMq.RestartAsync();
        load.Repaired();
        var restarted = System.Diagnostics.Stopwatch.GetTimestamp();
        await cluster.ReadyAsync();
        output.WriteLine(
            $"rabbitmq-killed: all servers had their queues again {System.Diagnostics.Stopwatch.GetElapsedTime(restarted).TotalSeconds:0.0} s after the repair");
        await load.FlowAsync();
        FaultAssert.NothingLost(await load.EndAsync(), output);
    }

    [Fact]
    public async Task Redis_KilledAndRestartedWithItsFile_LosesNothing()
    {
        await using var load = await FaultLoad.StartAsync(cluster, "redis-killed");
        load.Broken();
        await cluster.Redis.KillAsync();
        await cluster.Redis.RestartAsync();
        load.Repaired();
        await load.FlowAsync();
        await cluster.ReadyAsync();
        FaultAssert.NothingLost(await load.EndAsync(), output);
    }

    [Fact]
    public async Task ServerRabbitMqAndRedis_DieInOneRun_LoseNothing()
    {
        // The long form is the one that the promise is made for.
        var options = FaultMode.IsLong
            ? new LoadOptions { Pairs = 8, Messages = 600, Pace = TimeSpan.FromMilliseconds(50) }
            : new LoadOptions { Pairs = 8, Messages = 300, Pace = TimeSpan.FromMilliseconds(20) };
        await using var load = await FaultLoad.StartAsync(cluster, "all-three", options);
        load.Broken();
        await cluster.Servers[1].KillAsync();
        await load.FlowAsync();
        await cluster.RabbitMq.KillAsync();
        await cluster.Redis.KillAsync();
        await Task.WhenAll(cluster.Redis.RestartAsync(), cluster.RabbitMq.RestartAsync(), cluster.Servers[1].StartAsync());
        load.Repaired();
        var report = await load.EndAsync(all: true);
        FaultAssert.NothingLost(report, output);
        Assert.Equal(options.Pairs * options.Messages, report.Delivered);
        await cluster.ReadyAsync();
    }
}
