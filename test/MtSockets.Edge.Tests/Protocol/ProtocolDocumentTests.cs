using MtSockets.Contracts;
using MtSockets.Edge.Protocol;
using MtSockets.Edge.Sockets;
using MtSockets.Infrastructure.Inbox;
using MtSockets.Infrastructure.Outbox;

namespace MtSockets.Edge.Tests.Protocol;

/// <summary>docs/protocol.md is the protocol: what it says of codes and limits is what the code does.</summary>
public sealed class ProtocolDocumentTests
{
    private const string Page = "protocol.md";

    [Fact]
    public void ErrorCodes_OfThePage_AreThoseOfTheServer() =>
        Assert.Equal(
            Enum.GetValues<ErrorCode>().Select(code => (code.Name(), code.Retry() ? "yes" : "no")).Order(),
            MarkdownTable.Below(Page, "Error codes").Select(row => (row[0], row[1])).Order());

    [Fact]
    public void CloseCodes_OfThePage_AreThoseOfTheServer() =>
        Assert.Equal(
            CloseReason.All.Select(reason => (reason.Code, reason.Text, reason.Reconnect ? "yes" : "no")).Order(),
            MarkdownTable.Below(Page, "Close codes")
                .Select(row => (int.Parse(row[0], System.Globalization.CultureInfo.InvariantCulture), row[1], row[2])).Order());

    [Fact]
    public void CloseReasons_All_HoldsEveryOne()
    {
        var declared = typeof(CloseReason).GetFields(System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.Static)
            .Where(field => field.FieldType == typeof(CloseReason)).Select(field => (CloseReason)field.GetValue(null)!);

        Assert.Equal(declared.OrderBy(reason => reason.Code), CloseReason.All.OrderBy(reason => reason.Code));
        Assert.All(CloseReason.All, reason => Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(reason.Text), 1, 123));
        Assert.Equal(CloseReason.All.Count, CloseReason.All.Select(reason => reason.Code).Distinct().Count());
    }

    [Fact]
    public void Limits_OfThePage_AreTheDefaults()
    {
        var sockets = new SocketOptions();
        var inbox = new InboxOptions();
        string[] expected =
        [
            $"user id: {UserId.MaxLength} characters",
            $"nesting of a frame: {FrameParser.MaxDepth} levels",
            $"id` and `type: {FrameRules.MaxNameBytes} bytes each",
            $"frame from a client: {sockets.MaxFrameBytes} bytes",
            $"waiting for one connection: {sockets.SendQueueBytes} bytes",
            $"waiting for one server: {new OutboxOptions().MaxBytes} bytes",
            $"inbox of a user: {inbox.MaxMessages} messages",
            $"the same `id` is the same message: {inbox.DedupSeconds} s",
            $"age of a message in the inbox: {inbox.RetentionDays} days",
            $"silence before a ping: {sockets.PingIntervalMs} ms",
            $"answer to a ping: {sockets.PingTimeoutMs} ms",
            $"answer to a close frame: {sockets.CloseTimeoutMs} ms",
        ];

        Assert.Equal(expected.Order(), MarkdownTable.Below(Page, "Limits").Select(row => $"{row[0]}: {row[1]}").Order());
    }

    [Fact]
    public void Frames_OfThePage_AreReadOrWrittenAsShown()
    {
        foreach (var row in MarkdownTable.Below(Page, "Frames").Where(row => row[1] == "client"))
        {
            var frame = ParsedFrame.Of(row[4], row[2] == "v1" ? Dialect.V1 : Dialect.Plain);
            Assert.True(frame.Ok, $"{row[4]}: {frame.Fault.Message}");
            Assert.NotEqual(ClientOp.Unknown, frame.Op);
        }
    }
}
