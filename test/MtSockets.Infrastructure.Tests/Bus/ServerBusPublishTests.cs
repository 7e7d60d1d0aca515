using System.Text;
using System.Text.Json;
using MtSockets.Contracts.Bus;
using MtSockets.Contracts.Naming;
using MtSockets.Infrastructure.Bus;
using MtSockets.Infrastructure.Tests.Fakes;

namespace MtSockets.Infrastructure.Tests.Bus;

public sealed class ServerBusPublishTests : RabbitMqTest
{
    private readonly string _other = BusServer.NewId();

    [Fact]
    public async Task PublishAsync_Batch_IsReadableJsonInOneLineAndTransient()
    {
        var queue = await Raw.StandInForAsync(_other);
        Assert.Equal(PublishOutcome.Confirmed, await Server.PublishAsync(BusNames.ServerKey(_other), Message("bob"), Message("carol")));

        var message = await Raw.NextAsync(queue);
        Assert.Equal("application/vnd.masstransit+json", message.BasicProperties.ContentType);
        Assert.NotEqual(RabbitMQ.Client.DeliveryModes.Persistent, message.BasicProperties.DeliveryMode);
        var text = Encoding.UTF8.GetString(message.Body.Span);
        Assert.DoesNotContain('\n', text);
        using var json = JsonDocument.Parse(text);
        var batch = json.RootElement.GetProperty("message");
        Assert.Equal(Server.Identity.ServerId, batch.GetProperty("origin").GetString());
        Assert.Equal(MessageBatchText(Message("bob"), Message("carol")), batch.GetProperty("messages").GetRawText());
        Assert.Equal("urn:message:MtSockets.Contracts.Bus:DeliverToServer", json.RootElement.GetProperty("messageType")[0].GetString());
    }

    [Theory]
    [InlineData("""{"from":"alice","to":"bob","body":"hello"}""")]
    [InlineData("""{"from":"ü\"","to":"👋","body":"\u0000 </script> \\ 漢字"}""")]
    public async Task PublishPlainAsync_Frame_IsTheBodyByteForByte(string frame)
    {
        var queue = await Raw.StandInForAsync(_other);
        Assert.Equal(
            PublishOutcome.Confirmed,
            await Server.Bus.PublishPlainAsync(BusNames.ServerKey(_other), Encoding.UTF8.GetBytes(frame), CancellationToken.None));

        var message = await Raw.NextAsync(queue);
        Assert.Equal("application/json", message.BasicProperties.ContentType);
        Assert.Equal(frame, Encoding.UTF8.GetString(message.Body.Span));
        Assert.NotEqual(RabbitMQ.Client.DeliveryModes.Persistent, message.BasicProperties.DeliveryMode);
    }

    [Fact]
    public async Task PublishAsync_ServerWithoutAQueue_IsReturned()
    {
        Assert.Equal(PublishOutcome.Returned, await Server.PublishAsync(BusNames.ServerKey(_other), Message("bob")));
        Assert.Equal(
            PublishOutcome.Returned,
            await Server.Bus.PublishPlainAsync(BusNames.ServerKey(_other), "{}"u8.ToArray(), CancellationToken.None));
        // A return must not spoil what follows.
        Assert.Equal(PublishOutcome.Confirmed, await Server.PublishAsync(Key, Message("me")));
        Assert.Equal("me", Assert.Single((await Server.Received.NextAsync()).Messages).User);
    }

    [Fact]
    public async Task PublishAsync_ToAnotherServer_ArrivesAsItWas()
    {
        await using var other = await BusServer.StartAsync(Address);
        ServerMessage[] messages =
        [
            new(ServerMessageKind.Deliver, "ü\"\\\n", """{"from":"a","to":"b","body":{"x":[1,null,"👋"]}}"""u8.ToArray())
            {
                Hops = 2, Share = ServerMessageShare.First, Seq = 41, Extra = """{"id":"c"}"""u8.ToArray(),
            },
            new(ServerMessageKind.Arrived, "bob", default),
        ];
        await Server.PublishAsync(BusNames.ServerKey(other.Identity.ServerId), messages);
        var received = await other.Received.NextAsync();
        Assert.Equal(Server.Identity.ServerId, received.Origin);
        Assert.Equal(messages.Select(message => SeenMessage.Of(message)), received.Messages);
        Assert.True(Server.Received.IsEmpty);
    }

    [Fact]
    public async Task PublishAsync_OneAfterTheOther_ArriveInThatOrder()
    {
        await using var other = await BusServer.StartAsync(Address);
        var key = BusNames.ServerKey(other.Identity.ServerId);
        for (var i = 0; i < 500; i++)
            Assert.Equal(PublishOutcome.Confirmed, await Server.PublishAsync(key, Message($"u{i}")));
        for (var i = 0; i < 500; i++)
            Assert.Equal($"u{i}", Assert.Single((await other.Received.NextAsync()).Messages).User);
    }

    /// <summary>The fault of the first implementation: a second concurrent publisher broke its channel.</summary>
    [Fact]
    public async Task PublishAsync_ManyAtOnceSomeReturned_EachHasItsOwnOutcome()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(
            () => Server.PublishAsync(i % 2 == 0 ? Key : BusNames.ServerKey(_other), Message($"u{i}")).AsTask())));
        Assert.Equal(Enumerable.Range(0, 200).Select(i => i % 2 == 0 ? PublishOutcome.Confirmed : PublishOutcome.Returned), outcomes);
        var users = new HashSet<string>();
        while (users.Count < 100)
            Assert.True(users.Add((await Server.Received.NextAsync()).Messages[0].User));
    }

    [Fact]
    public async Task PublishAsync_Broadcast_ReachesEveryServer()
    {
        await using var other = await BusServer.StartAsync(Address);
        var marker = Guid.NewGuid().ToString("N");
        Assert.Equal(PublishOutcome.Confirmed, await Server.PublishAsync(BusNames.BroadcastKey, Message(marker)));
        foreach (var server in new[] { Server, other })
            Assert.Equal(marker, Assert.Single((await server.Received.NextAsync()).Messages).User);
    }

    private static string MessageBatchText(params ServerMessage[] messages) => Encoding.UTF8.GetString(MessageBatch.Of(messages).Json.Span);
}
