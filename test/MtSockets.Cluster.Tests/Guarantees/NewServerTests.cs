using MtSockets.Cluster.Tests.Brokers;
using MtSockets.Cluster.Tests.Servers;
using MtSockets.Infrastructure.Leases;
using Xunit;

namespace MtSockets.Cluster.Tests.Guarantees;

/// <summary>A server that has just started, or come back, while another one has looked at the leases shortly before.</summary>
public sealed class NewServerTests : IAsyncLifetime
{
    private EdgeCluster _cluster = null!;
    private RedisView _redis = null!;

    public async Task InitializeAsync()
    {
        // No renewal falls into the test: what the first server knows of the second is what it asks for.
        _cluster = await EdgeCluster.StartAsync(2, ("Lease__DurationMs", "600000"), ("Lease__RenewMs", "250000"));
        _redis = await RedisView.OpenAsync(_cluster.Redis);
    }

    public async Task DisposeAsync()
    {
        await _redis.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Send_RecipientOnServerNotKnownAMomentAgo_IsDeliveredAtOnce(bool wasKnown)
    {
        var alice = await _cluster.ConnectAsync(0, EdgeSetup.Unique("alice"));
        await ForgetSecondServerAsync(wasKnown);

        var bob = await _cluster.ConnectAsync(1, EdgeSetup.Unique("bob"));
        await alice.SendAsync(bob.User, "welcome");

        Assert.Contains("welcome", await bob.ReceiveAsync(), StringComparison.Ordinal);
        Assert.False(await _redis.ExistsAsync($"inbox:{{{bob.User}}}"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Send_DevicesOnThatServerAndHere_ReachesBothFromEither(bool wasKnown)
    {
        var bob = await _cluster.ConnectAsync(1, EdgeSetup.Unique("bob"));
        await ForgetSecondServerAsync(wasKnown);
        var here = await _cluster.ConnectAsync(0, bob.User);

        await here.SendAsync(bob.User, "from here");
        await bob.SendAsync(bob.User, "from there");

        foreach (var device in (TestKit.Sockets.TestClient[])[here, bob])
        {
            var both = await device.ReceiveManyAsync(2);
            Assert.Single(both, frame => frame.Contains("from here", StringComparison.Ordinal));
            Assert.Single(both, frame => frame.Contains("from there", StringComparison.Ordinal));
        }
    }

    /// <summary>As it was before the second server's start, until the first server has seen that; then as it is.</summary>
    private async Task ForgetSecondServerAsync(bool wasKnown)
    {
        var lease = "server:" + _cluster[1].Id;
        var incarnation = await _redis.StringAsync(lease);
        await _redis.Database.KeyDeleteAsync(lease);
        if (!wasKnown)
            await _redis.Database.SetRemoveAsync("servers", _cluster[1].Id);
        await _cluster[0].Get<ServerDirectory>().RefreshAsync(CancellationToken.None);
        await _redis.Database.StringSetAsync(lease, incarnation, TimeSpan.FromMinutes(10));
        await _redis.Database.SetAddAsync("servers", _cluster[1].Id);
    }
}
