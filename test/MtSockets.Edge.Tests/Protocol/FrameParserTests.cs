using MtSockets.Edge.Protocol;

namespace MtSockets.Edge.Tests.Protocol;

public sealed class FrameParserTests
{
    [Theory]
    [InlineData("""{"to":"bob","body":"hello"}""", "bob", "\"hello\"")]
    [InlineData("""{"body":"hello","to":"bob"}""", "bob", "\"hello\"")]
    [InlineData("""{"TO":"bob","Body":"hello"}""", "bob", "\"hello\"")]
    [InlineData("""{"tO":"bob","bODy":"hello"}""", "bob", "\"hello\"")]
    [InlineData("""{"\u0074o":"bob","bod\u0079":"hello"}""", "bob", "\"hello\"")]
    [InlineData("""{"to":"b\u006fb","body":"h\u0065llo"}""", "bob", "\"h\\u0065llo\"")]
    [InlineData("""{"to":"b\"o\\b","body":1}""", "b\"o\\b", "1")]
    [InlineData("""{"to":"zażółć🦊","body":null}""", "zażółć🦊", "null")]
    [InlineData("""{"to":"carol","to":"bob","body":1,"body":2}""", "bob", "2")]
    [InlineData("""{"to":"carol","TO":"bob","body":1,"BODY":2}""", "bob", "2")]
    [InlineData("""{"to":5,"to":"bob","body":1}""", "bob", "1")]
    [InlineData("""{"x":{"to":"mallory"},"to":"bob","y":[1,{"body":3}],"body":true}""", "bob", "true")]
    [InlineData("""  { "to" : "bob" , "body" :  { "a" : [ 1 , 2 ] }  }  """, "bob", "{ \"a\" : [ 1 , 2 ] }")]
    [InlineData("""{"to":"bob","body":""}""", "bob", "\"\"")]
    [InlineData("""{"to":"bob","body":-1.5e300}""", "bob", "-1.5e300")]
    [InlineData("""{"to":"bob","body":"\ud800"}""", "bob", "\"\\ud800\"")]
    public void TryParse_OfAMessage_TakesRecipientAndBodyAsTheyAre(string json, string to, string body)
    {
        var frame = ParsedFrame.Of(json);

        Assert.True(frame.Ok, frame.Fault.Message);
        Assert.Equal(to, frame.To);
        Assert.Equal(body, frame.Body);
    }

    [Theory]
    [InlineData("", "bad_frame")]
    [InlineData("  ", "bad_frame")]
    [InlineData("hello", "bad_frame")]
    [InlineData("null", "bad_frame")]
    [InlineData("\"to\"", "bad_frame")]
    [InlineData("[]", "bad_frame")]
    [InlineData("""[{"to":"bob","body":1}]""", "bad_frame")]
    [InlineData("{", "bad_frame")]
    [InlineData("""{"to":"bob","body":1""", "bad_frame")]
    [InlineData("""{"to":"bob","body":1,}""", "bad_frame")]
    [InlineData("""{"to":"bob","body":}""", "bad_frame")]
    [InlineData("""{"to":"bob","body":01}""", "bad_frame")]
    [InlineData("""{"to":"bob","body":NaN}""", "bad_frame")]
    [InlineData("""{'to':'bob','body':1}""", "bad_frame")]
    [InlineData("""{"to":"bob","body":1}/* x */""", "bad_frame")]
    [InlineData("""{"to":"bob","body":1} x""", "bad_frame")]
    [InlineData("""{"to":"bob","body":1}{"to":"bob","body":1}""", "bad_frame")]
    [InlineData("{\"to\":\"bob\",\"body\":\"a\nb\"}", "bad_frame")]
    [InlineData("""{"to":"\ud800","body":1}""", "bad_frame")]
    [InlineData("""{"\ud800":1,"to":"bob","body":1}""", "bad_frame")]
    [InlineData("""{"to":"bob"}""", "bad_frame")]
    [InlineData("""{"to":"bob","b\u006fdx":1}""", "bad_frame")]
    [InlineData("{}", "bad_recipient")]
    [InlineData("""{"body":1}""", "bad_recipient")]
    [InlineData("""{"to":"","body":1}""", "bad_recipient")]
    [InlineData("""{"to":null,"body":1}""", "bad_recipient")]
    [InlineData("""{"to":["bob"],"body":1}""", "bad_recipient")]
    [InlineData("""{"to":"bob","to":5,"body":1}""", "bad_recipient")]
    public void TryParse_OfAnythingElse_NamesTheFault(string json, string code)
    {
        var frame = ParsedFrame.Of(json);

        Assert.False(frame.Ok);
        Assert.Equal(code, frame.Fault.Code.Name());
        Assert.NotEmpty(frame.Fault.Message);
    }

    [Theory]
    [InlineData(new byte[] { 0xFF })]
    [InlineData(new byte[] { 0xC3 })]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })]
    public void TryParse_OfABodyThatIsNoUtf8_IsRefused(byte[] inside)
    {
        byte[] json = [.. "{\"to\":\"bob\",\"body\":\""u8, .. inside, .. "\"}"u8];

        var frame = ParsedFrame.Of(json);

        Assert.False(frame.Ok);
        Assert.Equal(ErrorCode.BadFrame, frame.Fault.Code);
    }

    [Theory]
    [InlineData(FrameParser.MaxDepth - 1, true)]
    [InlineData(FrameParser.MaxDepth, false)]
    [InlineData(5000, false)]
    public void TryParse_OfANestedBody_IsBoundedInDepth(int depth, bool ok)
    {
        var json = "{\"to\":\"bob\",\"body\":" + new string('[', depth) + new string(']', depth) + "}";

        Assert.Equal(ok, ParsedFrame.Of(json).Ok);
    }

    [Fact]
    public void TryParse_OfWhatTheParserIgnores_IsBoundedInDepthToo()
    {
        var deep = new string('[', FrameParser.MaxDepth) + new string(']', FrameParser.MaxDepth);

        Assert.False(ParsedFrame.Of("{\"x\":" + deep + ",\"to\":\"bob\",\"body\":1}").Ok);
    }

    [Fact]
    public void TryParse_OfAForgedSender_KeepsItApart()
    {
        var frame = ParsedFrame.Of("""{"from":"alice","to":"bob","body":1}""");

        Assert.True(frame.Ok);
        Assert.Equal("alice", frame.From);
        Assert.Equal("bob", frame.To);
    }

    [Theory]
    [InlineData("""{"to":"bob","body":1,"id":5,"type":"","op":"ping","receipt":true,"seq":"x"}""")]
    [InlineData("""{"op":"nonsense","to":"bob","body":1}""")]
    public void TryParse_InThePlainForm_IgnoresWhatBelongsToTheSubprotocol(string json)
    {
        var frame = ParsedFrame.Of(json);

        Assert.True(frame.Ok, frame.Fault.Message);
        Assert.Equal((ClientOp.None, "", "", false), (frame.Op, frame.Id, frame.Type, frame.Receipt));
    }

    [Fact]
    public void TryParse_InTheSubprotocol_TakesIdTypeAndReceipt()
    {
        var frame = ParsedFrame.Of("""{"ID":"c-17","Type":"ch\u0061t","receipt":true,"to":"bob","body":1}""", Dialect.V1);

        Assert.True(frame.Ok, frame.Fault.Message);
        Assert.Equal(("c-17", "chat", true), (frame.Id, frame.Type, frame.Receipt));
    }

    [Theory]
    [InlineData("""{"op":"confirm","seq":41}""", "Confirm", 41)]
    [InlineData("""{"seq":9007199254740992,"op":"confirm"}""", "Confirm", 9007199254740992)]
    [InlineData("""{"op":"ping"}""", "Ping", 0)]
    [InlineData("""{"op":"latency","ms":12.5}""", "Latency", 0)]
    [InlineData("""{"op":"latency","ms":0}""", "Latency", 0)]
    public void TryParse_OfAControlFrame_TakesItsParts(string json, string op, long seq)
    {
        var frame = ParsedFrame.Of(json, Dialect.V1);

        Assert.True(frame.Ok, frame.Fault.Message);
        Assert.Equal(op, frame.Op.ToString());
        Assert.Equal(seq, frame.Seq);
    }

    [Theory]
    [InlineData("""{"op":"dance"}""", "unknown_op")]
    [InlineData("""{"op":5,"to":"bob","body":1}""", "unknown_op")]
    [InlineData("""{"op":"confirm"}""", "bad_frame")]
    [InlineData("""{"op":"confirm","seq":0}""", "bad_frame")]
    [InlineData("""{"op":"confirm","seq":1.5}""", "bad_frame")]
    [InlineData("""{"op":"confirm","seq":"41"}""", "bad_frame")]
    [InlineData("""{"op":"latency","ms":-1}""", "bad_frame")]
    [InlineData("""{"op":"latency","ms":"fast"}""", "bad_frame")]
    [InlineData("""{"to":"bob","body":1,"id":""}""", "bad_frame")]
    [InlineData("""{"to":"bob","body":1,"id":17}""", "bad_frame")]
    [InlineData("""{"to":"bob","body":1,"type":null}""", "bad_frame")]
    [InlineData("""{"to":"bob","body":1,"receipt":true}""", "bad_frame")]
    public void TryParse_OfAWrongFrameOfTheSubprotocol_NamesTheFault(string json, string code)
    {
        var frame = ParsedFrame.Of(json, Dialect.V1);

        Assert.False(frame.Ok);
        Assert.Equal(code, frame.Fault.Code.Name());
    }

    [Theory]
    [InlineData("id")]
    [InlineData("type")]
    public void TryParse_OfALongName_IsBoundedInBytes(string key)
    {
        string Json(int length) => $$"""{"to":"bob","body":1,"{{key}}":"{{new string('x', length)}}"}""";

        Assert.True(ParsedFrame.Of(Json(FrameRules.MaxNameBytes), Dialect.V1).Ok);
        Assert.False(ParsedFrame.Of(Json(FrameRules.MaxNameBytes + 1), Dialect.V1).Ok);
    }

    [Fact]
    public void TryParse_OfAFrameThatFails_StillNamesItsId()
    {
        var frame = ParsedFrame.Of("""{"id":"c-17","to":"bob"}""", Dialect.V1);

        Assert.False(frame.Ok);
        Assert.Equal("c-17", frame.Id);
    }
}
