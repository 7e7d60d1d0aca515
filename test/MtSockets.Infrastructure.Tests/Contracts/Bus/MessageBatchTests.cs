using System.Text;
using System.Text.Json;
using MtSockets.Contracts.Bus;
using MtSockets.Infrastructure.Tests.Fakes;

namespace MtSockets.Infrastructure.Tests.Contracts.Bus;

public sealed class MessageBatchTests
{
    private static readonly byte[] Frame = """{"from":"alice","to":"bob","body":"hello"}"""u8.ToArray();

    [Fact]
    public void Of_Nothing_IsAnEmptyArray()
    {
        Assert.Equal("[]", Text(MessageBatch.Of()));
        Assert.Empty(Read("[]"));
    }

    [Fact]
    public void Of_EveryField_IsTheDocumentedForm()
    {
        var batch = MessageBatch.Of(
            new(ServerMessageKind.Deliver, "bob", Frame),
            new(ServerMessageKind.Departed, "carol", default),
            new(ServerMessageKind.Deliver, "dave", Frame) { Hops = 2, Share = ServerMessageShare.First, Copies = ["s1", "s\\2"] },
            new(ServerMessageKind.Broadcast, "", Frame) { Share = ServerMessageShare.Copy },
            new(ServerMessageKind.Deliver, "eve", Frame) { Seq = 41, Extra = """{"id":"c-17"}"""u8.ToArray() });
        Assert.Equal(
            """
            [{"user":"bob","frame":{"from":"alice","to":"bob","body":"hello"}},
            {"kind":"departed","user":"carol"},
            {"user":"dave","hops":2,"share":"first","copies":["s1","s\\2"],"frame":{"from":"alice","to":"bob","body":"hello"}},
            {"kind":"broadcast","user":"","share":"copy","frame":{"from":"alice","to":"bob","body":"hello"}},
            {"user":"eve","seq":41,"frame":{"from":"alice","to":"bob","body":"hello"},"extra":{"id":"c-17"}}]
            """.ReplaceLineEndings(""),
            Text(batch));
    }

    [Theory]
    [InlineData("\"")]
    [InlineData("\\")]
    [InlineData("a\nb\u0001")]
    [InlineData("ünï 漢字 👋")]
    [InlineData("</script>&'+")]
    public void Of_UserThatNeedsEscapes_ComesBackAsItWas(string user)
    {
        var batch = MessageBatch.Of(new ServerMessage(ServerMessageKind.Deliver, user, Frame));
        Assert.Equal(user, Assert.Single(Read(Text(batch))).User);
        using var json = JsonDocument.Parse(batch.Json);
        Assert.Equal(user, json.RootElement[0].GetProperty("user").GetString());
    }

    [Fact]
    public void GetEnumerator_Frame_IsASliceOfTheBatch()
    {
        var json = """[{"frame": {"a" : [1, {"}": "]"}]} ,"user":"bob"}]"""u8.ToArray();
        foreach (var message in new MessageBatch(json))
        {
            Assert.Equal("""{"a" : [1, {"}": "]"}]}""", Encoding.UTF8.GetString(message.Frame.Span));
            Assert.True(json.AsSpan().Overlaps(message.Frame.Span));
        }
    }

    [Fact]
    public void Serialize_WithinAnObject_PassesAsItIs()
    {
        var batch = MessageBatch.Of(new(ServerMessageKind.Deliver, "bob", Frame), new(ServerMessageKind.Stored, "carol", default));
        var json = JsonSerializer.Serialize(new DeliverToServer("s1", batch), JsonSerializerOptions.Web);
        Assert.Equal($$"""{"origin":"s1","messages":{{Text(batch)}}}""", json);

        var back = JsonSerializer.Deserialize<DeliverToServer>(json, JsonSerializerOptions.Web)!;
        Assert.Equal(("s1", Text(batch)), (back.Origin, Text(back.Messages)));
    }

    [Fact]
    public void Deserialize_IndentedByAnother_KeepsTheMeaning()
    {
        const string Json = "{ \"origin\" : \"s1\",\n \"messages\" : [ { \"user\" : \"bob\" , \"frame\" : { \"x\" : 1 } } ] }";
        var back = JsonSerializer.Deserialize<DeliverToServer>(Json, JsonSerializerOptions.Web)!;
        Assert.Equal([new SeenMessage(ServerMessageKind.Deliver, "bob", """{ "x" : 1 }""", 0, default)], Read(Text(back.Messages)));
    }

    [Fact]
    public void Deserialize_NoMessages_IsNull()
    {
        const string Plain = """{"from":"a","to":"b","body":"x"}""";
        Assert.Null(JsonSerializer.Deserialize<DeliverToServer>(Plain, JsonSerializerOptions.Web)!.Messages);
    }

    internal static IReadOnlyList<SeenMessage> Read(string json) => SeenMessage.Of(new MessageBatch(Encoding.UTF8.GetBytes(json)));

    internal static string Text(MessageBatch batch) => Encoding.UTF8.GetString(batch.Json.Span);
}
