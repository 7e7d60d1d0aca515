using System.Text;
using MtSockets.Contracts.Bus;
using MtSockets.Infrastructure.Tests.Fakes;
using RabbitMQ.Client;

namespace MtSockets.Infrastructure.Tests.Bus;

/// <summary>What others put on the exchange, be it good or bad.</summary>
public sealed class ServerBusReceiveTests : RabbitMqTest
{
    private const string Envelope = "application/vnd.masstransit+json";

    private const string Plain = """{"from":"alice","to":"bob","body":"hello 👋"}""";

    [Theory]
    [InlineData(null)]
    [InlineData("application/json")]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("text/plain")]
    [InlineData("application/octet-stream")]
    [InlineData("no content type at all")]
    public async Task Receive_PlainMessage_NeedsNoHeader(string? contentType)
    {
        await Raw.PublishAsync(Key, Plain, contentType);
        Assert.Equal(Plain, (await Server.Received.NextAsync()).Plain);
    }

    [Fact]
    public async Task Receive_PlainMessageWithHeadersOfOthers_IsTaken()
    {
        var properties = new BasicProperties
        {
            ContentType = "application/json",
            Headers = new Dictionary<string, object?> { ["x"] = 1, ["MT-Host"] = "nonsense", ["trace"] = new byte[] { 1, 2, 3 } },
            MessageId = "no guid",
            CorrelationId = "no guid either",
            ReplyTo = "somewhere",
            Expiration = "60000",
        };
        await Raw.PublishAsync(Key, Encoding.UTF8.GetBytes(Plain), properties);
        Assert.Equal(Plain, (await Server.Received.NextAsync()).Plain);
    }

    /// <summary>Fields in any order, spaces, what a newer server adds, and a "message" that is not the envelope's.</summary>
    [Fact]
    public async Task Receive_EnvelopeOfAnotherWriter_IsRead()
    {
        await Raw.PublishAsync(
            Key,
            """
            { "headers": { "message": { "messages": 1 } }, "new": [ { "message": {} } ],
              "message": { "later": {"messages": []}, "messages": [ { "user": "bob", "frame": { "x": 1 } } ], "origin": "ü\"" },
              "messageType": [ "urn:message:MtSockets.Contracts.Bus:DeliverToServer" ] }
            """,
            Envelope);
        var received = await Server.Received.NextAsync();
        Assert.Equal("ü\"", received.Origin);
        Assert.Equal(new SeenMessage(ServerMessageKind.Deliver, "bob", """{ "x": 1 }"""), Assert.Single(received.Messages));
    }

    [Fact]
    public async Task Receive_PlainAndBatches_KeepTheirOrder()
    {
        for (var i = 0; i < 50; i++)
        {
            await Server.PublishAsync(Key, Message($"u{i}"));
            await Raw.PublishAsync(Key, $$"""{"from":"a","to":"b","body":{{i}}}""");
        }

        for (var i = 0; i < 50; i++)
        {
            Assert.Equal($"u{i}", Assert.Single((await Server.Received.NextAsync()).Messages).User);
            Assert.Equal($$"""{"from":"a","to":"b","body":{{i}}}""", (await Server.Received.NextAsync()).Plain);
        }
    }

    [Theory]
    [InlineData("not json", null)]
    [InlineData("not json", "application/json")]
    [InlineData("", null)]
    [InlineData("", "application/json")]
    [InlineData("null", null)]
    [InlineData("42", null)]
    [InlineData("[]", "application/json")]
    [InlineData("\"text\"", null)]
    [InlineData("{", null)]
    [InlineData("{}", null)]
    [InlineData("""{"origin":"x","messages":"text"}""", null)]
    [InlineData("""{"origin":"x","messages":{"a":1}}""", null)]
    [InlineData("""{"origin":7,"messages":[]}""", null)]
    [InlineData("not json", Envelope)]
    [InlineData("{}", Envelope)]
    [InlineData("""{"message":{},"messageType":[]}""", Envelope)]
    [InlineData("""{"message":{"x":1},"messageType":["urn:message:Some:Other"]}""", Envelope)]
    [InlineData("""{"message":{"origin":"x","messages":[{"user":"poison"}]}}""", Envelope)]
    [InlineData("""{"message":{"origin":"\ud800","messages":[]}}""", Envelope)]
    [InlineData("""{"message":{"origin":"x","messages":null}}""", Envelope)]
    [InlineData("""{"message":{"origin":"x"}}""", Envelope)]
    [InlineData("""{"message":{"origin":"x","messages":[{"user":"u"}""", Envelope)]
    [InlineData("""{"message":null}""", Envelope)]
    [InlineData("""{"message":{"origin":"x","messages":[7]}}""", Envelope)]
    public async Task Receive_Garbage_GoesToTheDeadLetterQueueAndBlocksNothing(string garbage, string? contentType)
    {
        var body = Encoding.UTF8.GetBytes(garbage);
        await Raw.PublishAsync(Key, body, contentType is null ? new BasicProperties() : new BasicProperties { ContentType = contentType });
        await Server.PublishAsync(Key, Message("follows"));

        Assert.Equal("follows", Assert.Single((await Server.Received.NextAsync()).Messages).User);
        var dead = Assert.Single(await Raw.DeadLettersAsync(Server.Identity.ServerId));
        Assert.Equal(body, dead.Body.ToArray());
        Assert.NotEqual("", RawRabbitMq.HeaderOf(dead, "mtsockets-reason"));
        Assert.Equal(DeliveryModes.Persistent, dead.BasicProperties.DeliveryMode);
    }

    [Fact]
    public async Task Receive_BytesThatAreNoText_GoToTheDeadLetterQueueAsTheyAre()
    {
        byte[] body = [0xff, 0xfe, 0x00, 0x80];
        await Raw.PublishAsync(Key, body, new BasicProperties());
        await Server.PublishAsync(Key, Message("follows"));
        Assert.Equal("follows", Assert.Single((await Server.Received.NextAsync()).Messages).User);
        Assert.Equal(body, Assert.Single(await Raw.DeadLettersAsync(Server.Identity.ServerId)).Body.ToArray());
    }

    [Fact]
    public async Task Receive_FaultWithALongReason_ReasonIsCut()
    {
        await Server.PublishAsync(Key, Message(ReceivedMessages.Poison, $$"""{"x":"{{new string('x', 10_000)}}"}"""));
        await Server.PublishAsync(Key, Message("follows"));
        await Server.Received.NextAsync();
        var dead = Assert.Single(await Raw.DeadLettersAsync(Server.Identity.ServerId));
        Assert.Equal(500, RawRabbitMq.HeaderOf(dead, "mtsockets-reason").Length);
    }

    /// <summary>Requeued for ever: eleven thousand redeliveries a second was what the first implementation did here.</summary>
    [Fact]
    public async Task Receive_ConsumerFails_TheBatchIsNotDeliveredAgain()
    {
        await Server.PublishAsync(Key, new ServerMessage(ServerMessageKind.Stored, "before", default), Message(ReceivedMessages.Poison));
        for (var i = 0; i < 20; i++)
            await Server.PublishAsync(Key, Message($"u{i}"));
        for (var i = 0; i < 20; i++)
            Assert.Equal($"u{i}", Assert.Single((await Server.Received.NextAsync()).Messages).User);
        Assert.Equal(1, Server.Received.Failures);
    }
}
