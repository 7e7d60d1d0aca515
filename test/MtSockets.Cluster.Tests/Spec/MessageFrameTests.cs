using System.Text;
using MtSockets.Cluster.Tests.Servers;
using MtSockets.TestKit.Sockets;
using Xunit;

namespace MtSockets.Cluster.Tests.Spec;

/// <summary>Rows "send" and "receive" of the spec, for a recipient on the same server and for one on another.</summary>
public sealed class MessageFrameTests(TwoServers servers) : IClassFixture<TwoServers>
{
    private readonly EdgeCluster _cluster = servers.Cluster;

    public static TheoryData<string> Bodies => new(
        "\"hello\"",
        "\"\"",
        "\"grüße 😀 </script> & ' +\"",
        "\"\\u0041\\n\\\"\"",
        "{\"b\":1,\"a\":[true,null,1.50,1e400]}",
        "null",
        "12345678901234567890.10",
        "\"half \\ud800 pair\"");

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Send_TextFrame_IsReceivedAsExactlyThreeKeysInOrder(int server)
    {
        var (alice, bob) = await PairAsync(server);

        await alice.SendTextAsync($$"""{"to":"{{bob.User}}","body":"hello"}""");

        Assert.Equal($$"""{"from":"{{alice.User}}","to":"{{bob.User}}","body":"hello"}""", await bob.ReceiveAsync());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Send_BinaryFrame_IsReceivedAsTextFrame(int server)
    {
        var sender = EdgeSetup.Unique("alice");
        await using var alice = await _cluster[0].ConnectAsync(sender);
        var user = EdgeSetup.Unique("carol");
        await using var carol = await RawClient.ConnectAsync(_cluster[server].Address, user);

        await alice.SendBinaryAsync(Encoding.UTF8.GetBytes($$"""{"to":"{{user}}","body":"hello"}"""));
        var frame = await carol.ReceiveFrameAsync();

        Assert.Equal(RawFrame.Text, frame.Opcode);
        Assert.True(frame.IsFinal);
        Assert.Equal($$"""{"from":"{{sender}}","to":"{{user}}","body":"hello"}""", frame.PayloadText);
    }

    [Theory]
    [InlineData(0, "TO", "BODY")]
    [InlineData(1, "To", "bOdY")]
    [InlineData(0, "t\\u006f", "\\u0062ody")]
    public async Task Send_KeysInAnyCase_AreMatched(int server, string to, string body)
    {
        var (alice, bob) = await PairAsync(server);

        await alice.SendTextAsync($$"""{"{{body}}":"hello","{{to}}":"{{bob.User}}"}""");

        Assert.Equal($$"""{"from":"{{alice.User}}","to":"{{bob.User}}","body":"hello"}""", await bob.ReceiveAsync());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Send_UnknownKeysAndForgedFrom_AreIgnored(int server)
    {
        var (alice, bob) = await PairAsync(server);

        await alice.SendTextAsync($$$"""
            {"from":"mallory","x":{"to":"mallory","body":1},"to":"{{{bob.User}}}","FROM":["mallory"],"body":"hello","at":1,"seq":7}
            """);

        Assert.Equal($$"""{"from":"{{alice.User}}","to":"{{bob.User}}","body":"hello"}""", await bob.ReceiveAsync());
    }

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Send_AnyBody_ArrivesByteForByteOnBothServers(string body)
    {
        var (alice, here) = await PairAsync(0);
        var there = await _cluster.ConnectAsync(1, EdgeSetup.Unique("dora"));

        foreach (var bob in (TestClient[])[here, there])
        {
            await alice.SendTextAsync($$"""{"to":"{{bob.User}}","body":{{body}}}""");
            Assert.Equal($$"""{"from":"{{alice.User}}","to":"{{bob.User}}","body":{{body}}}""", await bob.ReceiveAsync());
        }
    }

    [Fact]
    public async Task Send_ToOneself_IsReceived()
    {
        var alice = await _cluster.ConnectAsync(0, EdgeSetup.Unique("alice"));

        await alice.SendAsync(alice.User, "note");

        Assert.Equal($$"""{"from":"{{alice.User}}","to":"{{alice.User}}","body":"note"}""", await alice.ReceiveAsync());
    }

    private async Task<(TestClient Alice, TestClient Bob)> PairAsync(int server) =>
        (await _cluster.ConnectAsync(0, EdgeSetup.Unique("alice")), await _cluster.ConnectAsync(server, EdgeSetup.Unique("bob")));
}
