using System.Diagnostics.Metrics;
using System.Text;
using MtSockets.Contracts.Bus;
using MtSockets.Edge.Delivery;
using MtSockets.Edge.Tests.Fakes;
using MtSockets.Infrastructure.Outbox;
using MtSockets.TestKit;

namespace MtSockets.Edge.Tests.Delivery;

public sealed class StraysTests : ServerTests
{
    private const string Frame = """{"from":"alice","to":"bob","body":1}""";

    private readonly TestServer _one;
    private readonly TestServer _two;

    public StraysTests() => (_one, _two) = (AddServer("edge-1"), AddServer("edge-2"));

    [Fact]
    public async Task Take_OfAMessageToAUserWhoHasMoved_FollowsHim()
    {
        await _two.RunAsync<Strays>();
        var three = AddServer("edge-3");
        var bob = await three.ConnectAsync("bob");

        Arrive(_two, Message());

        Assert.Equal(Frame, await bob.NextAsync());
        Assert.Empty(await World.Inbox.FramesOfAsync("bob"));
    }

    [Fact]
    public async Task Take_OfAMessageToAUserWhoHasGone_StoresItOnce()
    {
        await _two.RunAsync<Strays>();

        Arrive(_two, Message());

        await StoredAsync("bob", 1);
    }

    [Theory]
    [InlineData("""{"type":"typing","at":1}""", 0)]
    [InlineData("""{"id":"typing","at":{"type":"typing"}}""", 1)]
    [InlineData("""{"type":"chat","at":1}""", 1)]
    public async Task Take_OfAMessageOfAnEphemeralType_StoresNothing(string extra, int stored)
    {
        await _two.RunAsync<Strays>();

        Arrive(_two, Message() with { Extra = Encoding.UTF8.GetBytes(extra) }, Message("""{"from":"alice","to":"bob","body":"behind it"}"""));

        await StoredAsync("bob", stored + 1);
        Assert.Contains("behind it", (await World.Inbox.FramesOfAsync("bob"))[stored], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Take_OfManyMessages_KeepsTheirOrder()
    {
        await _two.RunAsync<Strays>();

        Arrive(_two, [.. Enumerable.Range(0, 1000).Select(i => Message($$"""{"from":"alice","to":"bob","body":{{i}}}"""))]);

        await StoredAsync("bob", 1000);
        Assert.Equal(
            Enumerable.Range(0, 1000).Select(i => $$"""{"from":"alice","to":"bob","body":{{i}}}"""), await World.Inbox.FramesOfAsync("bob"));
    }

    [Fact]
    public async Task Take_OfAMessageThatIsPassedOnAgainAndAgain_EndsInTheInbox()
    {
        // Each server believes that the other one holds bob: the loop in which the first implementation turned for ever.
        await _one.RunAsync<Strays>();
        await _two.RunAsync<Strays>();
        World.Enter("bob", "edge-1");
        World.Enter("bob", "edge-2");

        Arrive(_two, Message());

        await StoredAsync("bob", 1);
        Assert.InRange(World.Network.For("edge-1").Count() + World.Network.For("edge-2").Count(), 1, 3);
    }

    [Fact]
    public async Task Take_OfACopy_LeavesItToTheServerThatAnswersForIt()
    {
        await _two.RunAsync<Strays>();

        Arrive(_two, Message() with { Share = ServerMessageShare.Copy }, Message("""{"from":"alice","to":"marker","body":1}""", "marker"));

        await StoredAsync("marker", 1);
        Assert.Empty(await World.Inbox.FramesOfAsync("bob"));
    }

    [Fact]
    public async Task Take_OfTheShareThatAnswers_IsDroppedWhereOthersHoldHim()
    {
        await _two.RunAsync<Strays>();
        var three = AddServer("edge-3");
        var bob = await three.ConnectAsync("bob");

        Arrive(_two, Message() with { Share = ServerMessageShare.First, Copies = ["edge-3"] }, Message("""{"from":"alice","to":"marker","body":1}""", "marker"));

        await StoredAsync("marker", 1);
        await bob.ExpectNothingAsync();
        Assert.Empty(await World.Inbox.FramesOfAsync("bob"));
    }

    [Fact]
    public async Task Take_OfTheShareThatAnswers_IsStoredWhereHeIsGoneFromAll()
    {
        await _two.RunAsync<Strays>();

        Arrive(_two, Message() with { Share = ServerMessageShare.First });

        await StoredAsync("bob", 1);
    }

    [Fact]
    public async Task Take_OfANumberedMessage_LeavesItToTheLog()
    {
        await _two.RunAsync<Strays>();

        Arrive(_two, Message() with { Seq = 5 }, Message("""{"from":"alice","to":"marker","body":1}""", "marker"));

        await StoredAsync("marker", 1);
        Assert.Empty(await World.Inbox.FramesOfAsync("bob"));
    }

    [Fact]
    public async Task Take_WithRedisAway_WaitsUntilItIsBack()
    {
        await _two.RunAsync<Strays>();
        World.IsRedisUp = false;
        Arrive(_two, Message());
        await Eventually.TrueAsync(() => World.Time.WaitingTimers > 0, "it waits");

        World.IsRedisUp = true;

        await Eventually.TrueAsync(
            async () =>
            {
                World.Time.Advance(TimeSpan.FromMilliseconds(250));
                return (await World.Inbox.FramesOfAsync("bob")).Length == 1;
            },
            "it is stored");
    }

    [Fact]
    public async Task Returned_BatchOfADeadServer_IsStoredWithoutAWord()
    {
        await _one.RunAsync<Strays>();
        var alice = await _one.ConnectAsync("alice");
        await _two.ConnectAsync("bob");
        World.Network.Remove("edge-2"); // killed: its lease has not ended yet, but its queue has

        await alice.SendAsync("""{"to":"bob","body":1}""", """{"to":"bob","body":2}""");

        await StoredAsync("bob", 2);
        Assert.Equal(
            ["""{"from":"alice","to":"bob","body":1}""", """{"from":"alice","to":"bob","body":2}"""], await World.Inbox.FramesOfAsync("bob"));
        await alice.ExpectNothingAsync();
    }

    [Fact]
    public async Task Returned_BatchWhoseRecipientIsElsewhereToo_ReachesHimThere()
    {
        await _one.RunAsync<Strays>();
        var alice = await _one.ConnectAsync("alice");
        await _two.ConnectAsync("bob");
        var bob = await AddServer("edge-3").ConnectAsync("bob");
        World.Network.Remove("edge-2");

        await alice.SendAsync("""{"to":"bob","body":1}""");

        Assert.Equal(Frame, await bob.NextAsync());
        await bob.ExpectNothingAsync();
    }

    [Fact]
    public async Task Returned_WithRedisAway_TellsTheSender()
    {
        await _one.RunAsync<Strays>();
        var alice = await _one.ConnectAsync("alice");
        await _two.ConnectAsync("bob");
        World.Network.Remove("edge-2");
        var gate = new TaskCompletionSource();
        World.Network.Gate = gate.Task;

        await alice.SendAsync("""{"to":"bob","body":1}""");
        World.IsRedisUp = false;
        gate.SetResult();

        Assert.Contains("\"code\":\"unavailable\"", await alice.NextAsync(), StringComparison.Ordinal);
    }

    /// <summary>One that nobody here sent, come back because its second server is gone, counts like one that comes too much at once.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Take_OfMoreThanMayWait_IsDroppedAndCounted(bool isReturned)
    {
        var server = AddServer("edge-3", ("Routing:MaxStrays", "100"));
        using var counted = new MeterReadings(server.Get<IMeterFactory>());

        for (var i = 0; i < 103; i++)
        {
            if (isReturned)
                ((IUndeliveredMessages)server.Strays).Take("edge-4", Message(), null, OutboxFailure.ServerGone);
            else
                Arrive(server, Message());
        }

        Assert.Equal(103, counted["mtsockets.messages.strays"]);
        Assert.Equal(3, counted["mtsockets.messages.strays.dropped"]);
    }

    private static ServerMessage Message(string frame = Frame, string user = "bob") =>
        new(ServerMessageKind.Deliver, user, Encoding.UTF8.GetBytes(frame));

    private static void Arrive(TestServer server, params ReadOnlySpan<ServerMessage> messages) =>
        server.Delivery.Deliver("edge-9", MessageBatch.Of(messages));

    private Task StoredAsync(string user, int count) =>
        Eventually.TrueAsync(async () => (await World.Inbox.FramesOfAsync(user)).Length == count, $"{count} messages are stored for {user}");
}
