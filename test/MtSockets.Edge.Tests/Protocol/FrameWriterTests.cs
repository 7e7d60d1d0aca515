using System.Buffers;
using System.Text;
using MtSockets.Edge.Protocol;

namespace MtSockets.Edge.Tests.Protocol;

public sealed class FrameWriterTests
{
    [Theory]
    [InlineData("alice", "bob", "\"hello\"", """{"from":"alice","to":"bob","body":"hello"}""")]
    [InlineData("alice", "bob", "{ \"a\" : [1] }", """{"from":"alice","to":"bob","body":{ "a" : [1] }}""")]
    [InlineData("alice", "bob", "null", """{"from":"alice","to":"bob","body":null}""")]
    [InlineData("al\"ice", "b\\ob", "1", """{"from":"al\"ice","to":"b\\ob","body":1}""")]
    [InlineData("zażółć", "gęślą jaźń", "1", """{"from":"zażółć","to":"gęślą jaźń","body":1}""")]
    [InlineData("<script>", "a&b'", "1", """{"from":"<script>","to":"a&b'","body":1}""")]
    [InlineData("alice", "*", "1", """{"from":"alice","to":"*","body":1}""")]
    public void Message_IsExactlyTheThreeKeysInOrder(string from, string to, string body, string expected) =>
        Assert.Equal(expected, Encoding.UTF8.GetString(FrameWriter.Message(from, to, Encoding.UTF8.GetBytes(body))));

    [Fact]
    public void WriteMessage_OfSeveral_AppendsThemOneBehindTheOther()
    {
        var output = new ArrayBufferWriter<byte>();
        var prefix = FrameWriter.Prefix("alice");

        FrameWriter.WriteMessage(output, prefix, "bob"u8, "1"u8);
        FrameWriter.WriteMessage(output, prefix, "carol"u8, "2"u8);

        Assert.Equal(
            """{"from":"alice","to":"bob","body":1}{"from":"alice","to":"carol","body":2}""", Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Theory]
    [InlineData("", "", """{"at":7}""")]
    [InlineData("c-17", "", """{"id":"c-17","at":7}""")]
    [InlineData("", "typing", """{"type":"typing","at":7}""")]
    [InlineData("c\"1", "a\\b", """{"id":"c\"1","type":"a\\b","at":7}""")]
    public void WriteExtra_HoldsWhatThereIs(string id, string type, string expected)
    {
        var output = new ArrayBufferWriter<byte>();

        FrameWriter.WriteExtra(output, Encoding.UTF8.GetBytes(id), Encoding.UTF8.GetBytes(type), at: 7);

        Assert.Equal(expected, Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Theory]
    [InlineData("", 0, """{"from":"a","to":"b","body":1}""")]
    [InlineData("", 41, """{"from":"a","to":"b","body":1,"seq":41}""")]
    [InlineData("""{"at":7}""", 0, """{"from":"a","to":"b","body":1,"at":7}""")]
    [InlineData("""{"id":"c-17","at":7}""", long.MaxValue, """{"from":"a","to":"b","body":1,"seq":9223372036854775807,"id":"c-17","at":7}""")]
    public void MessageFrame_OfTheSubprotocol_IsPutTogetherFromFrameNumberAndExtra(string extra, long seq, string expected)
    {
        var frame = new MessageFrame(Encoding.UTF8.GetBytes("""{"from":"a","to":"b","body":1}"""), Encoding.UTF8.GetBytes(extra), seq);

        byte[] joined = [.. frame.Head, .. frame.WriteMiddle(new byte[MessageFrame.MaxMiddle]), .. frame.Tail];

        Assert.Equal(expected, Encoding.UTF8.GetString(joined));
        Assert.InRange(joined.Length, 1, frame.Length);
    }
}
