using System.Text;
using MtSockets.Edge.Protocol;

namespace MtSockets.Edge.Tests.Protocol;

public sealed class ControlFramesTests
{
    [Fact]
    public void Error_WithAllItKnows_HasTheseKeysInOrder() =>
        AssertText(
            """{"op":"error","code":"unavailable","message":"The \"message\" waits…","retry":true,"id":"c-17","to":"bob"}""",
            ControlFrames.Error(ErrorCode.Unavailable, "The \"message\" waits…", "bob", "c-17"));

    [Fact]
    public void Error_OfWhatNoMessageCaused_NamesNone() =>
        AssertText("""{"op":"error","code":"bad_frame","message":"No.","retry":false}""", ControlFrames.Error(ErrorCode.BadFrame, "No.", id: ""));

    [Fact]
    public void Ack_NamesIdAndNumber() =>
        AssertText("""{"op":"ack","id":"c\"17","seq":41,"status":"accepted"}""", ControlFrames.Ack("c\"17", 41));

    [Fact]
    public void Receipt_NamesIdAndRecipient() =>
        AssertText("""{"op":"receipt","id":"c-17","to":"bob","status":"delivered"}""", ControlFrames.Receipt("c-17", "bob"));

    [Fact]
    public void Drain_NamesTheMilliseconds() => AssertText("""{"op":"drain","after_ms":1200}""", ControlFrames.Drain(1200));

    [Fact]
    public void Pong_IsShort() => AssertText("""{"op":"pong"}""", ControlFrames.Pong);

    [Fact]
    public void Welcome_OfAResumedConnection_HasNoFirst() =>
        AssertText(
            """{"op":"welcome","connection":"c1","user":"bob","server":"edge-1","seq":41,"resumed":true,"limits":{"max_frame_bytes":1,"send_queue_bytes":2,"dedup_seconds":3}}""",
            ControlFrames.Welcome(Some with { LastSeq = 41, Resumed = true }));

    [Fact]
    public void Welcome_WithAHole_SaysWhereTheLogBegins() =>
        AssertText(
            """{"op":"welcome","connection":"c1","user":"bob","server":"edge-1","seq":41,"resumed":false,"first":12,"limits":{"max_frame_bytes":1,"send_queue_bytes":2,"dedup_seconds":3}}""",
            ControlFrames.Welcome(Some with { LastSeq = 41, First = 12 }));

    [Fact]
    public void Welcome_WithoutALog_SaysThatTheNumberIsNotKnown() =>
        AssertText(
            """{"op":"welcome","connection":"c1","user":"bob","server":"edge-1","seq":null,"resumed":false,"limits":{"max_frame_bytes":1,"send_queue_bytes":2,"dedup_seconds":3}}""",
            ControlFrames.Welcome(Some));

    private static Welcome Some { get; } = new()
    {
        ConnectionId = "c1",
        UserId = "bob",
        ServerId = "edge-1",
        MaxFrameBytes = 1,
        SendQueueBytes = 2,
        DedupSeconds = 3,
    };

    private static void AssertText(string expected, ReadOnlySpan<byte> actual) => Assert.Equal(expected, Encoding.UTF8.GetString(actual));
}
