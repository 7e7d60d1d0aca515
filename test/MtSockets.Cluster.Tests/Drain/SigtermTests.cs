using MtSockets.Cluster.Tests.Brokers;
using MtSockets.Cluster.Tests.Servers;
using MtSockets.TestKit;
using MtSockets.TestKit.Sockets;
using Xunit;

namespace MtSockets.Cluster.Tests.Drain;

/// <summary>SIGTERM for the real program in a cluster that is well.</summary>
public sealed class SigtermTests : IAsyncLifetime
{
    private EdgeCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await EdgeCluster.StartAsync(1);

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task Sigterm_UsersAreConnected_ClosesThemWith1012AndLeavesNothingBehind()
    {
        await using var redis = await RedisView.OpenAsync(_cluster.Redis);
        await using var process = await EdgeProcess.StartAsync(_cluster.Setup());
        var name = EdgeSetup.Unique("user");
        var users = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => _cluster.ConnectAsync(process.Address, $"{name}-{i}")));
        var elsewhere = await _cluster.ConnectAsync(0, users[0].User);
        var alice = await _cluster.ConnectAsync(0, EdgeSetup.Unique("alice"));
        Assert.Contains(process.Id, await redis.MembersAsync("servers"));

        await process.SignalAsync("TERM");

        foreach (var user in users)
            Assert.Equal(1012, (await user.WaitForCloseAsync()).Code);
        Assert.Equal(0, await process.ExitAsync());
        foreach (var user in users[1..])
        {
            Assert.False(await redis.ExistsAsync("user:" + user.User));
            Assert.False(await redis.ExistsAsync("user_servers:" + user.User));
        }

        Assert.Equal([_cluster[0].Id], await redis.MembersAsync("user_servers:" + elsewhere.User));
        Assert.False(await redis.ExistsAsync("server_users:" + process.Id));
        Assert.False(await redis.ExistsAsync("server:" + process.Id));
        Assert.DoesNotContain(process.Id, await redis.MembersAsync("servers"));

        await alice.SendAsync(elsewhere.User, "you are still here");
        Assert.Contains("you are still here", await elsewhere.ReceiveAsync(), StringComparison.Ordinal);
        await alice.SendAsync(users[1].User, "for later");
        var again = await _cluster.ConnectAsync(0, users[1].User);
        Assert.Contains("for later", await again.ReceiveAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sigterm_WhileItDrains_IsNotReadyButAliveAndRefusesNewSockets()
    {
        await using var process = await EdgeProcess.StartAsync(_cluster.Setup().With(("Sockets__CloseTimeoutMs", "60000"), ("Drain__TimeoutMs", "60000")));
        // It never answers the close frame, so the drain waits for it.
        await using var holding = await RawClient.ConnectAsync(process.Address, EdgeSetup.Unique("holding"));
        await using var modern = await TestClient.ConnectAsync(process.Address, EdgeSetup.Unique("modern"), "mtsockets.v1");
        Assert.Contains("\"welcome\"", await modern.ReceiveAsync(), StringComparison.Ordinal);

        await process.SignalAsync("TERM");

        await Eventually.TrueAsync(async () => await process.StatusAsync("/health/ready") == 503, "it is not ready");
        Assert.Equal(200, await process.StatusAsync("/health/live"));
        var refused = await Assert.ThrowsAsync<HandshakeRefusedException>(() => TestClient.ConnectAsync(process.Address, EdgeSetup.Unique("late")));
        Assert.Equal(503, refused.StatusCode);
        Assert.Equal(1012, (await holding.WaitForCloseAsync()).Code);
        Assert.Equal(1012, (await modern.WaitForCloseAsync()).Code);
        Assert.Contains("\"drain\"", await modern.ReceiveAsync(), StringComparison.Ordinal);

        holding.Abort();
        Assert.Equal(0, await process.ExitAsync());
    }

    [Fact]
    public async Task Sigterm_ClientNeverAnswersItsCloseFrame_EndsWithinTheSetting()
    {
        await using var redis = await RedisView.OpenAsync(_cluster.Redis);
        await using var process = await EdgeProcess.StartAsync(_cluster.Setup().With(("Sockets__CloseTimeoutMs", "60000"), ("Drain__TimeoutMs", "1000")));
        await using var holding = await RawClient.ConnectAsync(process.Address, EdgeSetup.Unique("holding"));

        await process.SignalAsync("TERM");

        Assert.Equal(1012, (await holding.WaitForCloseAsync()).Code);
        // Waits for half as long as the client would have to answer.
        Assert.Equal(0, await process.ExitAsync());
        Assert.False(await redis.ExistsAsync("server:" + process.Id));
    }
}
