using System.Diagnostics.Metrics;
using MtSockets.Cluster.Tests.Acknowledged;
using MtSockets.Cluster.Tests.Servers;
using MtSockets.TestKit;
using MtSockets.TestKit.Sockets;
using Xunit;

namespace MtSockets.Cluster.Tests.Metrics;

/// <summary>What an operator reads: each counter says what has happened, and nothing else.</summary>
public sealed class MetricsTests : IAsyncLifetime, IDisposable
{
    // The longest there is: none ends while a test runs.
    private static readonly (string, string?) LongLease = ("Routing__RouteLeaseMs", "10000");

    private EdgeCluster _cluster = null!;
    private MeterReadings _counted = null!;
    private TestClient _alice = null!;

    public async Task InitializeAsync()
    {
        _cluster = await EdgeCluster.StartAsync(3, LongLease);
        _counted = new MeterReadings(_cluster[0].Get<IMeterFactory>());
        _alice = await _cluster.ConnectAsync(0, EdgeSetup.Unique("alice"));
    }

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    public void Dispose() => _counted?.Dispose();

    [Fact]
    public async Task Sockets_AConnectionsLife_IsCounted()
    {
        var carol = await _cluster.ConnectAsync(0, EdgeSetup.Unique("carol"));
        await _alice.SendAsync(carol.User, "hello");
        await carol.ReceiveAsync();
        await _alice.SendTextAsync("nonsense");
        var code = (await _alice.ReceiveJsonAsync()).GetProperty("code").GetString();
        await carol.CloseAsync();

        await ReadsAsync("mtsockets.connections.closed code=1000", 1);
        Assert.Equal(2, _counted["mtsockets.connections.opened"]);
        Assert.Equal(2, _counted["mtsockets.frames.received"]);
        Assert.Equal(1, _counted["mtsockets.frames.queued"]);
        Assert.Equal(1, _counted["mtsockets.errors code=" + code]);
    }

    [Fact]
    public async Task Sockets_WhatAClientMeasured_IsRecordedInSeconds()
    {
        await using var carol = await V1Client.ConnectAsync(_cluster[0], EdgeSetup.Unique("carol"));
        await carol.Socket.SendTextAsync("""{"op":"latency","ms":250}""");

        await ReadsAsync("mtsockets.client.latency", 0.25);
    }

    [Fact]
    public async Task Routing_EachWayOfAMessage_IsCountedByItself()
    {
        var carol = await _cluster.ConnectAsync(0, EdgeSetup.Unique("carol"));
        await _alice.SendAsync(carol.User, "here");
        await carol.ReceiveAsync();
        await _alice.SendAsync(EdgeSetup.Unique("nobody"), "stored");
        var bob = await _cluster.ConnectAsync(1, EdgeSetup.Unique("bob"));
        for (var i = 0; i < 3; i++)
        {
            await _alice.SendAsync(bob.User, "elsewhere");
            await bob.ReceiveAsync();
        }

        Assert.Equal(1, _counted["mtsockets.messages.local"]);
        Assert.Equal(1, _counted["mtsockets.messages.routed outcome=Stored"]);
        Assert.Equal(3, _counted["mtsockets.messages.routed outcome=Sent"]);
        // The first is looked up, and the second takes the lease with its question.
        Assert.Equal(1, _counted["mtsockets.messages.leased"]);
        await ReadsAsync("mtsockets.bus.messages outcome=Confirmed", 3);
        Assert.Equal(3, _counted["mtsockets.bus.batches outcome=Confirmed"]);

        await _cluster.ConnectAsync(2, bob.User);
        Assert.Equal(1, _counted["mtsockets.routes.recalled"]);
    }

    private Task ReadsAsync(string name, double value) =>
        Eventually.TrueAsync(() => _counted[name].Equals(value), $"{name} reads {value}");
}
