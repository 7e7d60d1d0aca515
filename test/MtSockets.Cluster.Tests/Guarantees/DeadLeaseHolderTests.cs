using System.Diagnostics.Metrics;
using MtSockets.Cluster.Tests.Servers;
using MtSockets.Edge.Routing;
using MtSockets.Infrastructure.Registry;
using MtSockets.TestKit;
using Xunit;

namespace MtSockets.Cluster.Tests.Guarantees;

public sealed class DeadLeaseHolderTests : IAsyncLifetime
{
    private EdgeCluster _cluster = null!;

    // Long enough for what comes before the handshake, and shorter than a client waits for that.
    public async Task InitializeAsync() => _cluster = await EdgeCluster.StartAsync(3, ("Routing__RouteLeaseMs", "5000"));

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    /// <summary>Its queue is gone, and nobody can say that it goes by the lease no more.</summary>
    [Fact]
    public async Task Connect_WhereTheHolderIsDead_IsAnsweredAfterTheEndOfTheLease()
    {
        var alice = await _cluster.ConnectAsync(0, EdgeSetup.Unique("alice"));
        var user = EdgeSetup.Unique("bob");
        var phone = await _cluster.ConnectAsync(1, user);
        for (var i = 0; i < 2; i++)
        {
            await alice.SendAsync(user, "0");
            await phone.ReceiveAsync();
        }

        Assert.True(_cluster[0].Get<RouteLeases>().TryGet(user, out _));
        await _cluster[0].StopAsync();

        using var counted = new MeterReadings(_cluster[2].Get<IMeterFactory>());
        var registry = _cluster[2].Get<IUserRegistry>();
        var connecting = _cluster.ConnectAsync(2, user);
        Assert.Equal(_cluster[0].Id, Assert.Single((await registry.RegisterAsync(user, default)).Leases).ServerId);
        Assert.False(connecting.IsCompleted);

        var laptop = await connecting;
        Assert.Equal(1, counted["mtsockets.routes.waits"]);
        Assert.Empty((await registry.RegisterAsync(user, default)).Leases);
        var carol = await _cluster.ConnectAsync(1, EdgeSetup.Unique("carol"));
        await carol.SendAsync(user, "1");
        Assert.Contains("\"1\"", await laptop.ReceiveAsync(), StringComparison.Ordinal);
        Assert.Contains("\"1\"", await phone.ReceiveAsync(), StringComparison.Ordinal);
    }
}
