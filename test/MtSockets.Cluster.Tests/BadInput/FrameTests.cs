using System.Text;
using MtSockets.Cluster.Tests.Servers;
using MtSockets.TestKit.Sockets;
using Xunit;

namespace MtSockets.Cluster.Tests.BadInput;

/// <summary>Frames that are wrong, or right in an unusual way: an error for whoever sent them, and nothing for anybody else.</summary>
public sealed class FrameTests(TwoServers servers) : IClassFixture<TwoServers>
{
    private readonly EdgeCluster _cluster = servers.Cluster;

    public static TheoryData<string, string> WrongFrames => new()
    {
        { "", "bad_frame" },
        { " ", "bad_frame" },
        { "hello", "bad_frame" },
        { "null", "bad_frame" },
        { "[]", "bad_frame" },
        { "{", "bad_frame" },
        { """{"to":"bob","body":1""", "bad_frame" },
        { """{"to":"bob","body":1}}""", "bad_frame" },
        { """{"to":"bob","body":1}{"to":"bob","body":2}""", "bad_frame" },
        { """{"to":"bob","body":1,}""", "bad_frame" },
        { """{"to":"bob","body":01}""", "bad_frame" },
        { """{"to":"bob","body":"\x"}""", "bad_frame" },
        { "{\"to\":\"bob\",\"body\":\"\n\"}", "bad_frame" },
        { """{"to":"bob"}""", "bad_frame" },
        { """{"\ud800":1,"to":"bob","body":1}""", "bad_frame" },
        { """{"body":1}""", "bad_recipient" },
        { """{"to":"","body":1}""", "bad_recipient" },
        { """{"to":null,"body":1}""", "bad_recipient" },
        { """{"to":["bob"],"body":1}""", "bad_recipient" },
        { """{"to":"a\nb","body":1}""", "bad_recipient" },
        { $$"""{"to":"{{new string('x', 129)}}","body":1}""", "bad_recipient" },
        { $$"""{"to":"{{new string('ä', 30_000)}}","body":1}""", "bad_recipient" },
    };

    [Theory]
    [MemberData(nameof(WrongFrames))]
    public async Task Send_WrongFrame_IsAnErrorAndTheConnectionLivesOn(string frame, string code)
    {
        var alice = await _cluster.ConnectAsync(0, EdgeSetup.Unique("alice"));

        await alice.SendTextAsync(frame);

        await ExpectErrorAsync(alice, code);
        await alice.ExpectNothingAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Send_AsDeepAsAllowed_IsDeliveredAndDeeperIsAnError(int server)
    {
        var alice = await _cluster.ConnectAsync(0, EdgeSetup.Unique("alice"));
        var bob = await _cluster.ConnectAsync(server, EdgeSetup.Unique("bob"));
        // The object of the frame is the first of 32 levels.
        var deepest = new string('[', 31) + new string(']', 31);

        await alice.SendTextAsync($$"""{"to":"{{bob.User}}","body":[{{deepest}}]}""");
        await ExpectErrorAsync(alice, "bad_frame");
        await alice.SendTextAsync($$"""{"to":"{{bob.User}}","body":1,"x":{{new string('[', 30_000)}}}""");
        await ExpectErrorAsync(alice, "bad_frame");
        await alice.SendTextAsync($$"""{"to":"{{bob.User}}","body":{{deepest}}}""");

        Assert.EndsWith($"\"body\":{deepest}}}", await bob.ReceiveAsync(), StringComparison.Ordinal);
        await bob.ExpectNothingAsync(alice);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Send_HalfASurrogatePairEscapedInTheBody_ArrivesAsItIs(int server)
    {
        var alice = await _cluster.ConnectAsync(0, EdgeSetup.Unique("alice"));
        var bob = await _cluster.ConnectAsync(server, EdgeSetup.Unique("bob"));

        await alice.SendTextAsync($$"""{"to":"{{bob.User}}","body":"\ud800 and \udc00"}""");

        Assert.EndsWith("""
            "body":"\ud800 and \udc00"}
            """, await bob.ReceiveAsync(), StringComparison.Ordinal);
        await bob.ExpectNothingAsync(alice);
    }

    [Theory]
    [InlineData("""{"to":"\ud800","body":1}""")]
    [InlineData("""{"to":"bob\udc00","body":1}""")]
    public async Task Send_HalfASurrogatePairEscapedInTheRecipient_IsAnError(string frame)
    {
        var alice = await _cluster.ConnectAsync(0, EdgeSetup.Unique("alice"));

        await alice.SendTextAsync(frame);

        Assert.Equal("error", (await alice.ReceiveJsonAsync()).GetProperty("op").GetString());
        await alice.ExpectNothingAsync();
    }

    [Fact]
    public async Task Send_BinaryFrameThatIsNoUtf8_IsAnError()
    {
        var alice = await _cluster.ConnectAsync(0, EdgeSetup.Unique("alice"));

        await alice.SendBinaryAsync(InvalidUtf8(alice.User));

        await ExpectErrorAsync(alice, "bad_frame");
        await alice.ExpectNothingAsync();
    }

    [Fact]
    public async Task Send_TextFrameThatIsNoUtf8_ClosesWith1007AndNobodyElse()
    {
        var bob = await _cluster.ConnectAsync(0, EdgeSetup.Unique("bob"));
        await using var client = await RawClient.ConnectAsync(_cluster[0].Address, EdgeSetup.Unique("alice"));

        await client.SendFrameAsync(new RawFrame(RawFrame.Text, true, InvalidUtf8(bob.User)));

        Assert.Equal(new SocketClose(1007, ""), await client.WaitForCloseAsync());
        await bob.ExpectNothingAsync();
    }

    [Fact]
    public async Task Send_FragmentsWithAPingBetween_AreOneMessage()
    {
        var bob = await _cluster.ConnectAsync(1, EdgeSetup.Unique("bob"));
        await using var client = await RawClient.ConnectAsync(_cluster[0].Address, EdgeSetup.Unique("alice"));
        var frame = Encoding.UTF8.GetBytes($$"""{"to":"{{bob.User}}","body":"täxt in pieces"}""");

        for (var i = 0; i < frame.Length; i++)
        {
            await client.SendFrameAsync(new RawFrame(i == 0 ? RawFrame.Text : RawFrame.Continuation, false, frame.AsMemory(i, 1)));
            if (i == frame.Length / 2)
                await client.SendFrameAsync(new RawFrame(RawFrame.Ping, true, "between"u8.ToArray()));
        }

        await client.SendFrameAsync(new RawFrame(RawFrame.Continuation, true, default));

        Assert.EndsWith("\"body\":\"täxt in pieces\"}", await bob.ReceiveAsync(), StringComparison.Ordinal);
        var pong = await client.ReceiveFrameAsync();
        Assert.Equal((RawFrame.Pong, "between"), (pong.Opcode, pong.PayloadText));
    }

    [Fact]
    public async Task Send_BytesOneByOne_AreOneMessage()
    {
        var bob = await _cluster.ConnectAsync(1, EdgeSetup.Unique("bob"));
        await using var client = await RawClient.ConnectAsync(_cluster[0].Address, EdgeSetup.Unique("alice"));
        var bytes = new RawFrame(RawFrame.Text, true, Encoding.UTF8.GetBytes($$"""{"to":"{{bob.User}}","body":"slowly"}""")).ToBytes();

        foreach (var one in bytes)
            await client.SendBytesAsync(new[] { one });

        Assert.EndsWith("\"body\":\"slowly\"}", await bob.ReceiveAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0x83, 0x80)] // an opcode that does not exist
    [InlineData(0xC1, 0x80)] // a reserved bit
    [InlineData(0x80, 0x80)] // a continuation of nothing
    [InlineData(0x81, 0x00)] // not masked
    [InlineData(0x09, 0x80)] // a ping in fragments
    [InlineData(0x88, 0x81)] // a close frame of one byte
    public async Task Send_FrameThatBreaksTheProtocol_ClosesWith1002AndNobodyElse(int first, int second)
    {
        var bob = await _cluster.ConnectAsync(0, EdgeSetup.Unique("bob"));
        await using var client = await RawClient.ConnectAsync(_cluster[0].Address, bob.User);

        await client.SendBytesAsync(new byte[] { (byte)first, (byte)second, 0, 0, 0, 0, 0, 0 });

        Assert.Equal(new SocketClose(1002, ""), await client.WaitForCloseAsync());
        Assert.True(await client.WaitForEndAsync());
        await bob.ExpectNothingAsync();
    }

    private static byte[] InvalidUtf8(string to) =>
        [.. Encoding.UTF8.GetBytes($$"""{"to":"{{to}}","body":" """), 0xC3, 0x28, .. "\"}"u8];

    private static async Task ExpectErrorAsync(TestClient client, string code)
    {
        var error = await client.ReceiveJsonAsync();
        Assert.Equal(code, error.GetProperty("code").GetString());
        Assert.False(error.GetProperty("retry").GetBoolean());
    }
}
