using MtSockets.Fault.Tests.Clients;
using MtSockets.Fault.Tests.Load;
using MtSockets.Fault.Tests.Servers;
using MtSockets.TestKit;
using Xunit.Abstractions;

namespace MtSockets.Fault.Tests.Faults;

/// <summary>Servers that are stopped in an orderly way, and one that must not start.</summary>
[Collection(FaultCollection.Name)]
public sealed class RestartTests(FaultCluster cluster, ITestOutputHelper output)
{
    [Fact]
    public async Task AllServers_RestartedOneAfterTheOther_LoseNothing()
    {
        await using var load = await FaultLoad.StartAsync(cluster, "rolling-restart");
        load.Broken();
        foreach (var server in cluster.Servers)
        {
            Assert.Equal(0, await server.TerminateAsync());
            await server.StartAsync();
        }

        load.Repaired();
        await load.FlowAsync();
        FaultAssert.NothingLost(await load.EndAsync(), output);
    }

    [Fact]
    public async Task Server_Terminated_TellsEachClientItsOwnMomentBeforeItCloses()
    {
        const int Clients = 20;
        await cluster.ReadyAsync();
        var leaving = cluster.Servers[2];
        var name = $"drained-{Guid.NewGuid():N}";
        var clients = new List<ReconnectingClient>();
        try
        {
            for (var i = 0; i < Clients; i++)
            {
                clients.Add(await ReconnectingClient.ConnectAsync(
                    new ClientOptions { Servers = [leaving.Address, cluster.Servers[0].Address], User = $"{name}-{i}" }));
            }

            Assert.Equal(0, await leaving.TerminateAsync());
            await Eventually.TrueAsync(() => clients.TrueForAll(client => client.Wire.Welcomes.Count == 2), "all have gone elsewhere");

            Assert.All(clients, client => Assert.Single(client.Wire.Drains));
            Assert.All(clients, client => Assert.Equal(1012, client.Wire.Closes.First().Code));
            Assert.True(clients.Select(client => client.Wire.Drains.First()).Distinct().Count() > Clients / 2, "the moments are spread");
        }
        finally
        {
            await Task.WhenAll(clients.Select(client => client.DisposeAsync().AsTask()));
            await leaving.StartAsync();
        }
    }

    [Fact]
    public async Task SecondProcess_WithALiveServerId_RefusesToStartAndSaysSo()
    {
        await cluster.ReadyAsync();
        await using var second = cluster.NewServer(cluster.Servers[0].ServerId);
        await second.LaunchAsync();
        Assert.Equal(1, await second.ExitAsync());
        Assert.Contains($"another live server has the SERVER_ID \"{second.ServerId}\"", second.Output, StringComparison.Ordinal);
        await cluster.ReadyAsync();
    }
}
