using System.Text;
using System.Text.Json;
using MtSockets.Contracts.Bus;
using MtSockets.Edge.Delivery;
using MtSockets.Edge.Protocol;
using MtSockets.Edge.Tests.Fakes;
using MtSockets.TestKit;

namespace MtSockets.Edge.Tests.Delivery;

public sealed class ServerDeliveryTests : ServerTests
{
    private readonly TestServer _server;

    public ServerDeliveryTests() => _server = AddServer();

    [Fact]
    public async Task Deliver_OfABatch_GivesEachItsFramesInOrder()
    {
        var phone = await _server.ConnectAsync("bob");
        var laptop = await _server.ConnectAsync("bob");
        var carol = await _server.ConnectAsync("carol");

        _server.Delivery.Deliver("edge-2", MessageBatch.Of(
            Message("bob", """{"n":1}"""), Message("carol", """{"n":2}"""), Message("bob", """{"n":3}""")));

        Assert.Equal(["""{"n":1}""", """{"n":3}"""], await phone.NextAsync(2));
        Assert.Equal(["""{"n":1}""", """{"n":3}"""], await laptop.NextAsync(2));
        Assert.Equal("""{"n":2}""", await carol.NextAsync());
        await carol.ExpectNothingAsync();
    }

    [Fact]
    public async Task Deliver_OfABroadcast_ReachesEverybody()
    {
        var bob = await _server.ConnectAsync("bob");
        var carol = await _server.ConnectAsync("carol", Dialect.V1);
        await carol.NextAsync();

        _server.Delivery.Deliver("edge-2", MessageBatch.Of(
            new ServerMessage(ServerMessageKind.Broadcast, "", Encoding.UTF8.GetBytes("""{"from":"news","to":"*","body":1}"""))));

        Assert.Equal("""{"from":"news","to":"*","body":1}""", await bob.NextAsync());
        Assert.Equal("""{"from":"news","to":"*","body":1}""", await carol.NextAsync());
    }

    [Fact]
    public async Task Deliver_OfAControlFrame_ReachesClientsOfTheSubprotocolAlone()
    {
        var plain = await _server.ConnectAsync("bob");
        var v1 = await _server.ConnectAsync("bob", Dialect.V1);
        await v1.NextAsync();

        _server.Delivery.Deliver("edge-2", MessageBatch.Of(
            new ServerMessage(ServerMessageKind.Control, "bob", Encoding.UTF8.GetBytes("""{"op":"receipt"}"""))));

        Assert.Equal("""{"op":"receipt"}""", await v1.NextAsync());
        await plain.ExpectNothingAsync();
    }

    [Fact]
    public async Task Deliver_OfADisconnect_ClosesEveryConnectionOfTheUserWithItsReason()
    {
        var phone = await _server.ConnectAsync("bob");
        var carol = await _server.ConnectAsync("carol");

        _server.Delivery.Deliver("edge-2", MessageBatch.Of(
            new ServerMessage(ServerMessageKind.Disconnect, "bob", DisconnectFrame.Write("banned"))));

        var reason = await phone.Connection.Closing.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal((4001, "banned", false), (reason.Code, reason.Text, reason.Reconnect));
        Assert.False(carol.Connection.Closing.IsCompleted);
    }

    [Fact]
    public async Task Deliver_OfStored_MakesSessionsReadTheLog()
    {
        var bob = await _server.ConnectAsync("bob");
        await Eventually.TrueAsync(() => World.Inbox.Reads == 1, "the log was read");
        await World.Inbox.StoreAsync("bob", """{"n":1}""");

        _server.Delivery.Deliver("edge-2", MessageBatch.Of(new ServerMessage(ServerMessageKind.Stored, "bob", default)));

        Assert.Equal("""{"n":1}""", await bob.NextAsync());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("""[{"user":5}]""")]
    [InlineData("""[{"kind":"dance","user":"bob"}]""")]
    [InlineData("""[{"user":"bob","frame":"text"}]""")]
    [InlineData("""[{"user":"bob","hops":-1}]""")]
    public async Task Deliver_OfWhatIsNoBatch_ThrowsForTheDeadLetterQueue(string json)
    {
        await _server.ConnectAsync("bob");

        Assert.ThrowsAny<JsonException>(() => _server.Delivery.Deliver("edge-2", new MessageBatch(Encoding.UTF8.GetBytes(json))));
    }

    [Theory]
    [InlineData("\"kind\":\"dance\"")]
    [InlineData("\"seq\":5")]
    [InlineData("\"frame\":{ }")]
    [InlineData("\"kind\":\"broadcast\"")]
    [InlineData("\"kind\":\"control\"")]
    public async Task Deliver_WithWhatNobodyHereCanDo_DeliversTheOthersAndThrowsForTheDeadLetterQueue(string entry)
    {
        var bob = await _server.ConnectAsync("bob", Dialect.V1);
        await bob.NextAsync();
        var batch = "[{" + entry + ""","user":"bob"},{"user":"bob","extra":{ },"frame":{"n":1}}]""";

        Assert.ThrowsAny<JsonException>(() => _server.Delivery.Deliver("edge-2", new MessageBatch(Encoding.UTF8.GetBytes(batch))));

        Assert.Equal("""{"n":1}""", await bob.NextAsync());
    }

    [Theory]
    [InlineData("""{"from":"alice","to":"bob","body":"hello"}""", """{"from":"alice","to":"bob","body":"hello"}""")]
    [InlineData("""{"Body":"hello","To":"bob","From":"alice","x":1}""", """{"from":"alice","to":"bob","body":"hello"}""")]
    [InlineData("""{"to":"bob","body":{"a":1}}""", """{"from":"","to":"bob","body":{"a":1}}""")]
    public async Task DeliverPlain_OfAMessage_GivesTheThreeKeysInOrder(string sent, string received)
    {
        var bob = await _server.ConnectAsync("bob");

        _server.Delivery.DeliverPlain(Encoding.UTF8.GetBytes(sent), toAll: false);

        Assert.Equal(received, await bob.NextAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("{}")]
    [InlineData("""{"to":"bob"}""")]
    [InlineData("""{"to":"b\u0000b","body":1}""")]
    public void DeliverPlain_OfAnythingElse_ThrowsForTheDeadLetterQueue(string sent) =>
        Assert.Throws<JsonException>(() => _server.Delivery.DeliverPlain(Encoding.UTF8.GetBytes(sent), toAll: false));

    [Fact]
    public void DeliverPlain_OfMoreThanAFrameMayBe_Throws() =>
        Assert.Throws<JsonException>(() => _server.Delivery.DeliverPlain(
            Encoding.UTF8.GetBytes($$"""{"to":"bob","body":"{{new string('x', 70_000)}}"}"""), toAll: false));

    [Fact]
    public async Task DeliverPlain_ToSomebodyWhoHasGone_IsStored()
    {
        await _server.RunAsync<Strays>();

        _server.Delivery.DeliverPlain(Plain("bob"), toAll: false);

        await Eventually.TrueAsync(async () => (await World.Inbox.FramesOfAsync("bob")).Length == 1, "it is stored");
    }

    [Fact]
    public async Task DeliverPlain_ToAUserWithDevicesElsewhere_ReachesThemToo()
    {
        var phone = await _server.ConnectAsync("bob");
        var laptop = await AddServer("edge-2").ConnectAsync("bob");

        _server.Delivery.DeliverPlain(Plain("bob"), toAll: false);

        Assert.Contains("hello", await phone.NextAsync(), StringComparison.Ordinal);
        Assert.Contains("hello", await laptop.NextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task DeliverPlain_OfWhatEveryServerGot_StaysHere()
    {
        await _server.RunAsync<Strays>();
        var phone = await _server.ConnectAsync("bob");
        var laptop = await AddServer("edge-2").ConnectAsync("bob");

        _server.Delivery.DeliverPlain(Plain("bob"), toAll: true);
        _server.Delivery.DeliverPlain(Plain("nobody"), toAll: true);
        _server.Delivery.DeliverPlain(Plain("marker"), toAll: false);

        Assert.Contains("hello", await phone.NextAsync(), StringComparison.Ordinal);
        await laptop.ExpectNothingAsync();
        await Eventually.TrueAsync(async () => (await World.Inbox.FramesOfAsync("marker")).Length == 1, "the marker is stored");
        Assert.Empty(await World.Inbox.FramesOfAsync("nobody"));
    }

    private static byte[] Plain(string to) => Encoding.UTF8.GetBytes($$"""{"from":"alice","to":"{{to}}","body":"hello"}""");

    private static ServerMessage Message(string user, string frame) => new(ServerMessageKind.Deliver, user, Encoding.UTF8.GetBytes(frame));
}
