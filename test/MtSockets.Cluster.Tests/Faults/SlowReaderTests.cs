using System.Globalization;
using MtSockets.Cluster.Tests.Brokers;
using MtSockets.Cluster.Tests.Servers;
using MtSockets.TestKit;
using MtSockets.TestKit.Sockets;
using Xunit;

namespace MtSockets.Cluster.Tests.Faults;

/// <summary>One recipient who stops reading: in the first implementation he blocks every delivery on his server.</summary>
public sealed class SlowReaderTests : IAsyncLifetime
{
    private const int QueueBytes = 128 * 1024;
    private static readonly string Ballast = new('x', 8 * 1024);

    private EdgeCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await EdgeCluster.StartAsync(
        2, ("Sockets__SendQueueBytes", QueueBytes.ToString(CultureInfo.InvariantCulture)), ("Sockets__MaxFrameBytes", "16384"), ("Sockets__CloseTimeoutMs", "20000"));

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task RecipientStopsReading_OthersGoOn_AndHeIsClosedWith4000(int server)
    {
        var user = EdgeSetup.Unique("slow");
        await using var slow = await RawClient.ConnectAsync(_cluster[1].Address, user);
        var alice = await _cluster.ConnectAsync(server, EdgeSetup.Unique("alice"));
        var bob = await _cluster.ConnectAsync(1, EdgeSetup.Unique("bob"));

        // Far more than his queue and the buffers of both ends of his connection hold.
        for (var i = 0; i < 2000; i++)
        {
            await alice.SendAsync(user, Ballast);
            if (i % 100 == 0)
            {
                await alice.SendAsync(bob.User, i);
                Assert.EndsWith($"\"body\":{i}}}", await bob.ReceiveAsync(), StringComparison.Ordinal);
            }
        }

        Assert.Equal(4000, (await slow.WaitForCloseAsync()).Code);
    }

    [Fact]
    public async Task ReplayFillsTheQueue_LiveMessagesComeMeanwhile_NoneIsLostWithoutAClose()
    {
        const int Stored = 900;
        var user = EdgeSetup.Unique("slow");
        var alice = await _cluster.ConnectAsync(0, EdgeSetup.Unique("alice"));
        await using var redis = await RedisView.OpenAsync(_cluster.Redis);
        for (var i = 0; i < Stored; i++)
            await alice.SendTextAsync($$"""{"to":"{{user}}","body":"{{i}} {{Ballast}}"}""");
        await Eventually.TrueAsync(async () => await redis.StringAsync($"inbox:{{{user}}}:seq") == "900", "all are stored");
        await using var slow = await RawClient.ConnectAsync(_cluster[1].Address, user);

        // Fewer than may wait behind the replay, more than its end leaves room for.
        const int Live = 14;
        for (var i = Stored; i < Stored + Live; i++)
            await alice.SendTextAsync($$"""{"to":"{{user}}","body":"{{i}} {{Ballast}}"}""");
        await using (var probe = await _cluster[1].ConnectAsync(EdgeSetup.Unique("probe")))
        {
            await alice.SendAsync(probe.User, "all before this is with the connection");
            await probe.ReceiveAsync();
        }

        for (var i = 0; i < Stored + Live; i++)
        {
            var frame = await slow.ReceiveFrameAsync();
            if (frame.Opcode == RawFrame.Close)
            {
                Assert.Equal(4000, frame.CloseCode);
                return;
            }

            Assert.Contains($"\"body\":\"{i} ", frame.PayloadText[..100], StringComparison.Ordinal);
        }
    }
}
