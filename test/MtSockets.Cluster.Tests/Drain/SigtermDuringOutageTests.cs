using MtSockets.Cluster.Tests.Brokers;
using MtSockets.Cluster.Tests.Servers;
using MtSockets.TestKit;
using MtSockets.TestKit.Brokers;
using MtSockets.TestKit.Sockets;
using Xunit;

namespace MtSockets.Cluster.Tests.Drain;

/// <summary>SIGTERM for a server that has never seen one of its brokers.</summary>
public sealed class SigtermDuringOutageTests
{
    [Fact]
    public async Task Sigterm_NeitherBrokerHasEverBeenThere_ExitsWithZero()
    {
        await using var process = EdgeProcess.Launch(EdgeSetup.InCluster(EdgeSetup.Unique("server"), "127.0.0.1:1", "127.0.0.1:1"));
        await process.AnswersAsync("/health/live");
        await using var alice = await TestClient.ConnectAsync(process.Address, "alice");

        await process.SignalAsync("TERM");

        Assert.Equal(1012, (await alice.WaitForCloseAsync()).Code);
        Assert.Equal(0, await process.ExitAsync());
    }

    [Fact]
    public async Task Sigterm_RabbitMqHasNeverBeenThere_RemovesEntriesAndLease()
    {
        var address = (await SharedBrokers.RedisAsync()).Address;
        await using var redis = await RedisView.OpenAsync(address);
        await using var process = EdgeProcess.Launch(EdgeSetup.InCluster(EdgeSetup.Unique("server"), address, "127.0.0.1:1"));
        await process.AnswersAsync("/health/live");
        await Eventually.TrueAsync(() => redis.ExistsAsync("server:" + process.Id), "it holds its lease");
        await using var alice = await TestClient.ConnectAsync(process.Address, EdgeSetup.Unique("alice"));
        Assert.Equal(process.Id, await redis.StringAsync("user:" + alice.User));

        await process.SignalAsync("TERM");

        Assert.Equal(1012, (await alice.WaitForCloseAsync()).Code);
        Assert.Equal(0, await process.ExitAsync());
        Assert.False(await redis.ExistsAsync("user:" + alice.User));
        Assert.False(await redis.ExistsAsync("server:" + process.Id));
        Assert.DoesNotContain(process.Id, await redis.MembersAsync("servers"));
    }
}
