using System.Text;
using MtSockets.Cluster.Tests.Servers;
using MtSockets.TestKit.Sockets;
using Xunit;

namespace MtSockets.Cluster.Tests.BadInput;

/// <summary>The limit of a frame: up to it all is well, above it the connection ends with 1009.</summary>
public sealed class OversizeTests(TwoServers servers) : IClassFixture<TwoServers>
{
    private const int Limit = 64 * 1024;

    private readonly EdgeCluster _cluster = servers.Cluster;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Send_FrameOfExactlyTheLimit_IsDelivered(int server)
    {
        var alice = await _cluster.ConnectAsync(0, EdgeSetup.Unique("alice"));
        var bob = await _cluster.ConnectAsync(server, EdgeSetup.Unique("bob"));

        await alice.SendTextAsync(FrameOf(Limit, bob.User));

        Assert.Contains("xxx\"}", await bob.ReceiveAsync(), StringComparison.Ordinal);
        await bob.ExpectNothingAsync(alice);
    }

    [Fact]
    public async Task Send_OneByteMore_ClosesWith1009AndDeliversNothing()
    {
        var alice = await _cluster.ConnectAsync(0, EdgeSetup.Unique("alice"));
        var bob = await _cluster.ConnectAsync(0, EdgeSetup.Unique("bob"));

        await alice.SendTextAsync(FrameOf(Limit + 1, bob.User));

        Assert.Equal(1009, (await alice.WaitForCloseAsync()).Code);
        await bob.ExpectNothingAsync();
    }

    [Fact]
    public async Task Send_FragmentsWithoutEnd_ClosesWith1009()
    {
        await using var client = await RawClient.ConnectAsync(_cluster[0].Address, EdgeSetup.Unique("alice"));
        var fragment = new byte[8 * 1024];
        fragment.AsSpan().Fill((byte)' ');

        await client.SendFrameAsync(new RawFrame(RawFrame.Text, false, fragment));
        for (var i = 0; i < Limit / fragment.Length; i++)
            await client.SendFrameAsync(new RawFrame(RawFrame.Continuation, false, fragment));

        Assert.Equal(1009, (await client.WaitForCloseAsync()).Code);
    }

    [Fact]
    public async Task Send_HeaderThatPromisesTwoExabytes_ClosesWith1009()
    {
        await using var client = await RawClient.ConnectAsync(_cluster[0].Address, EdgeSetup.Unique("alice"));

        await client.SendBytesAsync(new byte[] { 0x81, 0xFF, 0x1F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0 });
        await client.SendBytesAsync(Encoding.ASCII.GetBytes(new string(' ', 4 * Limit)));

        Assert.Equal(1009, (await client.WaitForCloseAsync()).Code);
    }

    private static string FrameOf(int bytes, string to)
    {
        var start = $$"""{"to":"{{to}}","body":" """;
        return start + new string('x', bytes - start.Length - 2) + "\"}";
    }
}
