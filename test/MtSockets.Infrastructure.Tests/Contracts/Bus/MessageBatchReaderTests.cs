using System.Text;
using System.Text.Json;
using MtSockets.Contracts.Bus;
using MtSockets.Infrastructure.Tests.Fakes;

namespace MtSockets.Infrastructure.Tests.Contracts.Bus;

public sealed class MessageBatchReaderTests
{
    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("42")]
    [InlineData("not json")]
    [InlineData("[1]")]
    [InlineData("[null]")]
    [InlineData("[[]]")]
    [InlineData("[")]
    [InlineData("""[{"user":"bob" """)]
    [InlineData("""[{"user":"bob"}""")]
    [InlineData("""[{"user":"bob"},]""")]
    [InlineData("""[{"user":1}]""")]
    [InlineData("""[{"user":null}]""")]
    [InlineData("""[{"user":"\ud800"}]""")]
    [InlineData("""[{"user":"b","frame":"text"}]""")]
    [InlineData("""[{"user":"b","frame":[]}]""")]
    [InlineData("""[{"user":"b","frame":null}]""")]
    [InlineData("""[{"user":"b","frame":{"x":}}]""")]
    [InlineData("""[{"user":"b","hops":-1}]""")]
    [InlineData("""[{"user":"b","hops":1.5}]""")]
    [InlineData("""[{"user":"b","hops":"1"}]""")]
    [InlineData("""[{"user":"b","seq":-1}]""")]
    [InlineData("""[{"user":"b","seq":"1"}]""")]
    [InlineData("""[{"user":"b","seq":99999999999999999999}]""")]
    [InlineData("""[{"user":"b","copies":"s1"}]""")]
    [InlineData("""[{"user":"b","copies":{}}]""")]
    [InlineData("""[{"user":"b","copies":["s1",1]}]""")]
    [InlineData("""[{"user":"b","copies":["\ud800"]}]""")]
    [InlineData("""[{"user":"b","copies":["s1" """)]
    [InlineData("""[{"user":"b","extra":"text"}]""")]
    [InlineData("""[{"user":"b","extra":[]}]""")]
    [InlineData("""[{"user":"b","kind":"nonsense"}]""")]
    [InlineData("""[{"user":"b","kind":""}]""")]
    [InlineData("""[{"user":"b","kind":1}]""")]
    [InlineData("""[{"user":"b","kind":"99"}]""")]
    [InlineData("""[{"user":"b","kind":"3"}]""")]
    [InlineData("""[{"user":"b","kind":"deliver,broadcast"}]""")]
    [InlineData("""[{"user":"b","share":"all"}]""")]
    public void MoveNext_NotABatch_IsAJsonException(string json) => Assert.ThrowsAny<JsonException>(() => MessageBatchTests.Read(json));

    [Fact]
    public void MoveNext_UserThatIsNoUtf8_IsAJsonException() =>
        Assert.ThrowsAny<JsonException>(() => SeenMessage.Of(new MessageBatch((byte[])[.. "[{\"user\":\""u8, 0xC3, 0x28, .. "\"}]"u8])));

    [Fact]
    public void MoveNext_FaultBehindGoodOnes_GivesTheGoodOnesFirst()
    {
        var users = new List<string>();
        Assert.ThrowsAny<JsonException>(() =>
        {
            foreach (var message in new MessageBatch("""[{"user":"a"},{"user":"b"},{"user":7}]"""u8.ToArray()))
                users.Add(message.User);
        });
        Assert.Equal(["a", "b"], users);
    }

    [Theory]
    [InlineData("\"kind\":\"dance\"")]
    [InlineData("\"kind\":\"deliver,broadcast\"")]
    [InlineData("\"share\":\"half\"")]
    public void MoveNext_KindOrShareOfANewerServer_GivesAllOthersFirst(string unknown)
    {
        var users = new List<string>();
        var e = Assert.ThrowsAny<JsonException>(() =>
        {
            foreach (var message in new MessageBatch(Encoding.UTF8.GetBytes($$"""[{"user":"a"},{{{unknown}},"user":"x"},{"user":"b"},{{{unknown}},"user":"y"}]""")))
                users.Add(message.User);
        });
        Assert.Equal(["a", "b"], users);
        Assert.Contains("2 times", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MoveNext_WhatANewerServerAdds_IsPassedOver()
    {
        var message = Assert.Single(MessageBatchTests.Read(
            """[{"new":{"user":"x","deep":[[{}]]},"user":"bob","later":7,"frame":{"a":1},"more":null,"User":"not this"}]"""));
        Assert.Equal(("bob", """{"a":1}"""), (message.User, message.Frame));
    }

    [Fact]
    public void MoveNext_EveryKindAndShare_HasItsName()
    {
        foreach (var kind in Enum.GetValues<ServerMessageKind>())
        {
            foreach (var share in Enum.GetValues<ServerMessageShare>())
            {
                var (kindName, shareName) = (kind.ToString().ToLowerInvariant(), share.ToString().ToLowerInvariant());
                var message = Assert.Single(MessageBatchTests.Read($$"""[{"kind":"{{kindName}}","share":"{{shareName}}","user":"u"}]"""));
                Assert.Equal((kind, share), (message.Kind, message.Share));
            }
        }
    }

    [Fact]
    public void MoveNext_NothingSaid_IsAMessageToDeliverAlone()
    {
        var message = Assert.Single(MessageBatchTests.Read("[{}]"));
        Assert.Equal(new SeenMessage(ServerMessageKind.Deliver, "", "", Hops: 0, ServerMessageShare.Sole), message);
    }

    [Fact]
    public void MoveNext_DeepFrame_IsReadAsFarAsJsonReadersGo()
    {
        var frame = string.Concat(Enumerable.Repeat("""{"x":""", 60)) + "1" + new string('}', 60);
        Assert.Equal(frame, Assert.Single(MessageBatchTests.Read($$"""[{"user":"b","frame":{{frame}}}]""")).Frame);
        var deeper = Encoding.UTF8.GetBytes($$"""[{"user":"b","frame":{{new string('[', 100)}}}]""");
        Assert.ThrowsAny<JsonException>(() => SeenMessage.Of(new MessageBatch(deeper)));
    }
}
