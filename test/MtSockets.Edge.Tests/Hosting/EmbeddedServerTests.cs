using System.Net;
using System.Text.Json;
using MtSockets.TestKit.Sockets;

namespace MtSockets.Edge.Tests.Hosting;

public sealed class EmbeddedServerTests(EmbeddedServer server) : IClassFixture<EmbeddedServer>
{
    [Fact]
    public async Task Page_OfTheServer_IsThereAndNeedsNothingElse()
    {
        using var http = new HttpClient { BaseAddress = server.Address };

        var page = await http.GetStringAsync("/");

        Assert.Contains("<title>MtSockets", page, StringComparison.Ordinal);
        Assert.DoesNotContain("src=\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http://", page, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TwoUsers_OfTheServer_TalkToEachOther()
    {
        await using var alice = await TestClient.ConnectAsync(server.Address, "alice");
        await using var bob = await TestClient.ConnectAsync(server.Address, "bob");

        await alice.SendAsync("bob", "hello");
        await bob.SendBinaryAsync("""{"to":"alice","body":"hi"}"""u8.ToArray());

        Assert.Equal("""{"from":"alice","to":"bob","body":"hello"}""", await bob.ReceiveAsync());
        Assert.Equal("""{"from":"bob","to":"alice","body":"hi"}""", await alice.ReceiveAsync());
    }

    [Theory]
    [InlineData("/health", 200, """{"message":"server up!!!"}""")]
    [InlineData("/ping", 200, """{"message":"pong"}""")]
    [InlineData("/health/live", 200, """{"status":"live"}""")]
    [InlineData("/health/ready", 200, """{"status":"ready","missing":[]}""")]
    [InlineData("/ws", 400, """{"message":"user_id required","error":null}""")]
    [InlineData("/ws?user_id=", 400, """{"message":"user_id required","error":null}""")]
    [InlineData("/ws?user_id=a%07b", 400, """{"message":"user_id must not contain control characters","error":null}""")]
    [InlineData("/ws?user_id=alice", 400, """{"message":"a WebSocket handshake is required","error":null}""")]
    public async Task Get_OfEveryPath_AnswersAsDocumented(string path, int status, string body)
    {
        using var http = new HttpClient { BaseAddress = server.Address };

        var response = await http.GetAsync(path);

        Assert.Equal((HttpStatusCode)status, response.StatusCode);
        Assert.True(JsonElement.DeepEquals(
            JsonSerializer.Deserialize<JsonElement>(body), JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync())));
    }

    /// <summary>The framework aborts the request as soon as it has given its close frame; the client gets the frame all the same.</summary>
    [Theory]
    [InlineData(RawFrame.Text, new byte[] { (byte)'"', 0xFF, (byte)'"' }, true, 1007)]
    [InlineData(0x3, new byte[] { 1 }, true, 1002)]
    [InlineData(RawFrame.Text, new byte[] { 1, 2, 3, 4, 5, 6 }, false, 1002)]
    public async Task Client_ThatBreaksTheWebSocketProtocol_IsToldSo(byte opcode, byte[] payload, bool masked, int code)
    {
        await using var client = await RawClient.ConnectAsync(server.Address, "mallory");

        await client.SendFrameAsync(new RawFrame(opcode, IsFinal: true, payload), masked);

        Assert.Equal(code, (await client.ReceiveFrameAsync()).CloseCode);
    }

    /// <summary>In one read with what is wrong, and so large that the framework cannot have taken all of it ahead.</summary>
    [Fact]
    public async Task Client_ThatBreaksTheWebSocketProtocol_HasSentWhatCameBefore()
    {
        await using var client = await RawClient.ConnectAsync(server.Address, "mallory");
        var message = new RawFrame(RawFrame.Text, IsFinal: true, """{"to":"absent","body":"hello"}"""u8.ToArray());
        var wrong = new RawFrame(0x3, IsFinal: true, new byte[1000]);

        await client.SendBytesAsync((byte[])[.. message.ToBytes(), .. wrong.ToBytes()]);

        Assert.Equal(1002, (await client.ReceiveFrameAsync()).CloseCode);
        await using var absent = await TestClient.ConnectAsync(server.Address, "absent");
        Assert.Equal("""{"from":"mallory","to":"absent","body":"hello"}""", await absent.ReceiveAsync());
    }
}
