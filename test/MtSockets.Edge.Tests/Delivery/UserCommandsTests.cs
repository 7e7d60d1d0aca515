using System.Text.Json;
using MtSockets.Contracts.Bus;
using MtSockets.Contracts.Commands;
using MtSockets.Edge.Delivery;
using MtSockets.Edge.Tests.Fakes;

namespace MtSockets.Edge.Tests.Delivery;

public sealed class UserCommandsTests : ServerTests
{
    private readonly TestServer _one;
    private readonly TestServer _two;
    private readonly UserCommands _commands;

    public UserCommandsTests()
    {
        (_one, _two) = (AddServer("edge-1"), AddServer("edge-2"));
        _commands = (UserCommands)_one.Get<Consumers.Commands.IUserCommands>();
    }

    [Fact]
    public async Task SendAsync_ToAUserHereOrElsewhere_IsSent()
    {
        var bob = await _one.ConnectAsync("bob");
        var carol = await _two.ConnectAsync("carol");

        Assert.Equal(SendOutcome.Sent, (await SendAsync(new SendToUser("shop", "bob", "hello"))).Outcome);
        Assert.Equal(SendOutcome.Sent, (await SendAsync(new SendToUser("shop", "carol", JsonSerializer.SerializeToElement(new { n = 1 })))).Outcome);

        Assert.Equal("""{"from":"shop","to":"bob","body":"hello"}""", await bob.NextAsync());
        Assert.Equal("""{"from":"shop","to":"carol","body":{"n":1}}""", await carol.NextAsync());
    }

    [Fact]
    public async Task SendAsync_ToNobody_IsStored()
    {
        Assert.Equal(SendOutcome.Stored, (await SendAsync(new SendToUser("shop", "bob", "hello"))).Outcome);

        Assert.Equal(["""{"from":"shop","to":"bob","body":"hello"}"""], await World.Inbox.FramesOfAsync("bob"));
    }

    [Fact]
    public async Task SendAsync_WithRedisAway_IsUnavailable()
    {
        World.IsRedisUp = false;

        Assert.Equal(SendOutcome.Unavailable, (await SendAsync(new SendToUser("shop", "bob", "hello"))).Outcome);
    }

    [Theory]
    [InlineData("shop", "", "x")]
    [InlineData("", "bob", "x")]
    [InlineData("shop", "b\u0007b", "x")]
    public async Task SendAsync_WithAWrongId_IsRejectedWithTheReason(string from, string to, string body)
    {
        var result = await SendAsync(new SendToUser(from, to, body));

        Assert.Equal(SendOutcome.Rejected, result.Outcome);
        Assert.NotEmpty(result.Message!);
    }

    [Fact]
    public async Task SendAsync_OfABodyBeyondTheBounds_IsRejectedAndNeverStored()
    {
        var deep = JsonDocument.Parse(new string('[', 40) + new string(']', 40), new JsonDocumentOptions { MaxDepth = 64 }).RootElement;

        Assert.Equal(SendOutcome.Rejected, (await SendAsync(new SendToUser("shop", "bob", new string('x', 70_000)))).Outcome);
        Assert.Equal(SendOutcome.Rejected, (await SendAsync(new SendToUser("shop", "bob", deep))).Outcome);
        Assert.Equal(SendOutcome.Rejected, (await SendAsync(new SendToUser("shop", "bob", default(JsonElement)))).Outcome);

        Assert.Equal(0, World.Inbox.Appends);
    }

    [Fact]
    public async Task BroadcastAsync_ReachesEverybodyOnEveryServer()
    {
        var bob = await _one.ConnectAsync("bob");
        var carol = await _two.ConnectAsync("carol");

        Assert.Null(await _commands.BroadcastAsync(new Broadcast("news", "hello"), CancellationToken.None));

        Assert.Equal("""{"from":"news","to":"*","body":"hello"}""", await bob.NextAsync());
        Assert.Equal("""{"from":"news","to":"*","body":"hello"}""", await carol.NextAsync());
    }

    [Fact]
    public async Task BroadcastAsync_WithTheBusAway_SaysSo()
    {
        World.Network.IsUp = false;

        Assert.NotNull(await _commands.BroadcastAsync(new Broadcast("news", "hello"), CancellationToken.None));
    }

    [Fact]
    public async Task DisconnectAsync_ClosesTheUserOnEveryServer()
    {
        var phone = await _one.ConnectAsync("bob");
        var laptop = await _two.ConnectAsync("bob");

        Assert.Null(await _commands.DisconnectAsync(new DisconnectUser("bob", new string('é', 100)), CancellationToken.None));

        foreach (var device in (Device[])[phone, laptop])
        {
            var reason = await device.Connection.Closing.WaitAsync(TimeSpan.FromSeconds(10));
            Assert.Equal(4001, reason.Code);
            // A close frame holds 123 bytes at most, and no half characters.
            Assert.Equal(new string('é', 50), reason.Text);
        }
    }

    [Fact]
    public async Task DisconnectAsync_WithoutAReason_GivesTheUsualOne()
    {
        var phone = await _one.ConnectAsync("bob");

        await _commands.DisconnectAsync(new DisconnectUser("bob"), CancellationToken.None);

        Assert.Same(Edge.Protocol.CloseReason.Disconnected, await phone.Connection.Closing.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task Commands_ThatAreWrong_AreRejectedAtOnce()
    {
        await Assert.ThrowsAsync<Consumers.Commands.CommandRejectedException>(
            async () => await _commands.BroadcastAsync(new Broadcast("", "hello"), CancellationToken.None));
        await Assert.ThrowsAsync<Consumers.Commands.CommandRejectedException>(
            async () => await _commands.DisconnectAsync(new DisconnectUser(""), CancellationToken.None));
    }

    [Fact]
    public async Task DisconnectAsync_WithRedisAway_SaysSoSoThatItIsTriedAgain()
    {
        World.IsRedisUp = false;

        Assert.NotNull(await _commands.DisconnectAsync(new DisconnectUser("bob"), CancellationToken.None));
    }

    [Fact]
    public void Commands_CrossJson()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);

        var send = JsonSerializer.Deserialize<SendToUser>(JsonSerializer.Serialize(new SendToUser("shop", "bob", "hello"), options), options)!;
        var broadcast = JsonSerializer.Deserialize<Broadcast>(JsonSerializer.Serialize(new Broadcast("news", "hello"), options), options)!;

        Assert.Equal(("shop", "bob", "hello"), (send.From, send.To, send.Body.GetString()));
        Assert.Equal(("news", "hello"), (broadcast.From, broadcast.Body.GetString()));
    }

    [Fact]
    public void ServerMessages_CrossABatch()
    {
        var message = new ServerMessage(ServerMessageKind.Deliver, "b\"ob 🦊", "{\"a\":1}"u8.ToArray())
        {
            Hops = 2,
            Seq = 41,
            Share = ServerMessageShare.First,
            Extra = "{\"at\":7}"u8.ToArray(),
        };

        var reader = MessageBatch.Of(message).GetEnumerator();

        Assert.True(reader.MoveNext());
        var read = reader.Current;
        Assert.Equal((message.Kind, message.User, message.Hops, message.Seq, message.Share), (read.Kind, read.User, read.Hops, read.Seq, read.Share));
        Assert.True(message.Frame.Span.SequenceEqual(read.Frame.Span));
        Assert.True(message.Extra.Span.SequenceEqual(read.Extra.Span));
        Assert.False(reader.MoveNext());
    }

    private ValueTask<SendToUserResult> SendAsync(SendToUser command) => _commands.SendAsync(command, CancellationToken.None);
}
