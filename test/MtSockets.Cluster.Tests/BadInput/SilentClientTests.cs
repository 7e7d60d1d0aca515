using MtSockets.Cluster.Tests.Servers;
using MtSockets.Edge.Sockets;
using MtSockets.TestKit.Sockets;
using Xunit;

namespace MtSockets.Cluster.Tests.BadInput;

/// <summary>A client that says nothing: dead or only quiet, the answers to pings tell.</summary>
public sealed class SilentClientTests : IAsyncLifetime
{
    private EdgeCluster _cluster = null!;

    public async Task InitializeAsync() =>
        _cluster = await EdgeCluster.StartAsync(2, ("Sockets__PingIntervalMs", "200"), ("Sockets__PingTimeoutMs", "1000"), ("Sockets__CloseTimeoutMs", "500"));

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task Silence_ClientAnswersNoPing_IsClosedWith4002AndItsMessagesAreStored()
    {
        var alice = await _cluster.ConnectAsync(1, EdgeSetup.Unique("alice"));
        var user = EdgeSetup.Unique("dead");
        await using var dead = await RawClient.ConnectAsync(_cluster[0].Address, user);

        Assert.Equal(RawFrame.Ping, (await dead.ReceiveFrameAsync()).Opcode);
        Assert.Equal(4002, (await dead.WaitForCloseAsync()).Code);
        // It never answers the close frame either.
        Assert.True(await dead.WaitForEndAsync());
        await alice.SendAsync(user, "for his next life");
        var again = await _cluster.ConnectAsync(1, user);

        Assert.Contains("for his next life", await again.ReceiveAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(RawFrame.Pong)]
    [InlineData(RawFrame.Ping)]
    public async Task Silence_ClientGivesASignOfLife_StaysLongerThanASilentOne(byte opcode)
    {
        var user = EdgeSetup.Unique("quiet");
        await using var quiet = await RawClient.ConnectAsync(_cluster[0].Address, user);
        await using var dead = await RawClient.ConnectAsync(_cluster[0].Address, EdgeSetup.Unique("dead"));
        var death = dead.WaitForCloseAsync(TimeSpan.FromSeconds(30));

        // Answers until the dead one has been closed, and then as many pings again as a dead one has time for.
        for (var left = 10; left > 0;)
        {
            var frame = await quiet.ReceiveFrameAsync();
            Assert.NotEqual(RawFrame.Close, frame.Opcode);
            if (frame.Opcode != RawFrame.Ping)
                continue;
            await quiet.SendFrameAsync(new RawFrame(opcode, true, default));
            if (death.IsCompleted)
                left--;
        }

        Assert.Equal(4002, (await death).Code);
        Assert.True(_cluster[0].Get<SocketTable>().TryGet(user, out var stillHere));
        Assert.Single(stillHere.Connections);
    }

    [Fact]
    public async Task Silence_OrdinaryClientLibrary_Stays()
    {
        var bob = await _cluster.ConnectAsync(0, EdgeSetup.Unique("bob"));
        var alice = await _cluster.ConnectAsync(1, EdgeSetup.Unique("alice"));
        await using var dead = await RawClient.ConnectAsync(_cluster[0].Address, EdgeSetup.Unique("dead"));
        Assert.Equal(4002, (await dead.WaitForCloseAsync()).Code);

        await alice.SendAsync(bob.User, "still here?");

        Assert.Contains("still here?", await bob.ReceiveAsync(), StringComparison.Ordinal);
    }
}
