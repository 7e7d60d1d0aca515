using System.Text.Json;
using MtSockets.Cluster.Tests.Servers;
using MtSockets.TestKit.Sockets;
using Xunit;

namespace MtSockets.Cluster.Tests.Guarantees;

/// <summary>Many senders on one server, one recipient on others: none lost, none twice, each sender's in order.</summary>
public sealed class ManySendersTests : IAsyncLifetime
{
    private const int Senders = 20;
    private const int Each = 2000;

    private EdgeCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await EdgeCluster.StartAsync(3, ("Sockets__SendQueueBytes", "16777216"));

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task Send_TwentySendersToOneOnAnotherServer_NoneLostEachInOrder()
    {
        var bob = await _cluster.ConnectAsync(1, EdgeSetup.Unique("bob"));
        var senders = await ConnectAsync(0);

        await Task.WhenAll(senders.Select(sender => SendAllAsync(sender, bob.User)));

        AssertComplete(await bob.ReceiveManyAsync(Senders * Each), senders);
        await bob.ExpectNothingAsync(senders[0]);
    }

    [Fact]
    public async Task Send_TwentySendersToDevicesOnThreeServers_EachDeviceGetsAllOnceInOrder()
    {
        var user = EdgeSetup.Unique("bob");
        var devices = new List<TestClient>();
        foreach (var server in (int[])[0, 1, 2, 2])
            devices.Add(await _cluster.ConnectAsync(server, user));
        var senders = await ConnectAsync(0, Senders / 2);
        senders.AddRange(await ConnectAsync(1, Senders / 2));

        await Task.WhenAll(senders.Select(sender => SendAllAsync(sender, user, Each / 10)));

        foreach (var device in devices)
            AssertComplete(await device.ReceiveManyAsync(Senders * Each / 10), senders, Each / 10);
        await senders[^1].SendAsync(user, "the end");
        foreach (var device in devices)
            Assert.Contains("the end", await device.ReceiveAsync(), StringComparison.Ordinal);
    }

    private async Task<List<TestClient>> ConnectAsync(int server, int count = Senders)
    {
        var name = EdgeSetup.Unique("sender");
        return [.. await Task.WhenAll(Enumerable.Range(0, count).Select(i => _cluster.ConnectAsync(server, $"{name}-{i}")))];
    }

    private static async Task SendAllAsync(TestClient sender, string to, int count = Each)
    {
        for (var i = 0; i < count; i++)
            await sender.SendAsync(to, i);
    }

    private static void AssertComplete(IReadOnlyList<string> frames, List<TestClient> senders, int count = Each)
    {
        var bySender = frames.Select(frame => JsonSerializer.Deserialize<JsonElement>(frame))
            .GroupBy(frame => frame.GetProperty("from").GetString()!)
            .ToDictionary(group => group.Key, group => group.Select(frame => frame.GetProperty("body").GetInt32()).ToArray());
        Assert.Equal(senders.Count, bySender.Count);
        foreach (var sender in senders)
            Assert.Equal(Enumerable.Range(0, count), bySender[sender.User]);
    }
}
