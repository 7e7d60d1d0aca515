using MtSockets.Edge.Protocol;
using MtSockets.Edge.Tests.Fakes;
using MtSockets.TestKit;

namespace MtSockets.Edge.Tests.Users;

public sealed class InboxSessionTests : ServerTests
{
    private readonly TestServer _server;

    public InboxSessionTests() => _server = AddServer("edge-1", ("Inbox:PageSize", "7"), ("Sockets:SendQueueBytes", "65536"), ("Sockets:MaxFrameBytes", "16384"));

    [Fact]
    public async Task Start_WithMessagesInTheLog_ReplaysAllPagesInOrder()
    {
        await StoreAsync("bob", 1, 50);

        var bob = await _server.ConnectAsync("bob");

        Assert.Equal(Enumerable.Range(1, 50).Select(Frame), await bob.NextAsync(50));
        await bob.ExpectNothingAsync();
    }

    [Fact]
    public async Task TryDeliver_WhileTheLogIsRead_WaitsBehindIt()
    {
        await StoreAsync("bob", 1, 20);
        var gate = new TaskCompletionSource();
        World.Inbox.ReadGate = gate.Task;
        var bob = await _server.ConnectAsync("bob");
        var alice = await _server.ConnectAsync("alice");

        await alice.SendAsync("""{"to":"bob","body":"live 1"}""", """{"to":"bob","body":"live 2"}""");
        gate.SetResult();

        var frames = await bob.NextAsync(22);
        Assert.Equal(Enumerable.Range(1, 20).Select(Frame), frames[..20]);
        Assert.Contains("live 1", frames[20], StringComparison.Ordinal);
        Assert.Contains("live 2", frames[21], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Poke_AfterNewsInTheLog_ReadsThem()
    {
        var bob = await _server.ConnectAsync("bob");
        await Eventually.TrueAsync(() => World.Inbox.Reads == 1, "the log was read");

        await StoreAsync("bob", 1, 3);
        bob.User.PokeAll();

        Assert.Equal(Enumerable.Range(1, 3).Select(Frame), await bob.NextAsync(3));
        bob.User.PokeAll();
        await Eventually.TrueAsync(() => World.Inbox.Reads >= 3, "the log was read again");
        await bob.ExpectNothingAsync();
    }

    [Fact]
    public async Task Poke_WhileTheLogIsRead_IsNotForgotten()
    {
        var gate = new TaskCompletionSource();
        World.Inbox.ReadGate = gate.Task;
        var bob = await _server.ConnectAsync("bob");
        await Eventually.TrueAsync(() => World.Inbox.Reads == 1, "the log is read");

        bob.User.PokeAll();
        gate.SetResult();

        await Eventually.TrueAsync(
            () =>
            {
                World.Time.Advance(TimeSpan.FromMilliseconds(20));
                return World.Inbox.Reads == 2;
            },
            "the log is read once more");
    }

    /// <summary>Its sender wrote the stored one first.</summary>
    [Fact]
    public async Task Poke_BeforeALiveMessage_HasThatWaitForTheNews()
    {
        var bob = await _server.ConnectAsync("bob");
        var alice = await _server.ConnectAsync("alice");
        await LiveAsync(alice, bob);
        var gate = new TaskCompletionSource();
        World.Inbox.ReadGate = gate.Task;
        await StoreAsync("bob", 1, 1);

        bob.User.PokeAll();
        await alice.SendAsync("""{"to":"bob","body":"live"}""");
        gate.SetResult();

        Assert.Equal(Frame(1), await bob.NextAsync());
        Assert.Contains("live", await bob.NextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Poke_AfterTheLogWasReadAndBeforeALiveMessage_HasThatWaitForTheNews()
    {
        // The sixth finds no room: the page has been read, and its reading has not ended.
        var big = new string('x', 12_000);
        for (var i = 1; i <= 6; i++)
            await World.Inbox.StoreAsync("bob", $$"""{"from":"alice","to":"bob","body":"{{big}}"}""");
        var bob = await _server.ConnectAsync("bob");
        var alice = await _server.ConnectAsync("alice");
        await Eventually.TrueAsync(() => bob.Connection.Session.Cursor == 6, "the sixth is about to be written");

        await StoreAsync("bob", 7, 1);
        bob.User.PokeAll();
        await alice.SendAsync("""{"to":"bob","body":"live"}""");

        await bob.NextAsync(6);
        var rest = bob.NextAsync(2);
        await Eventually.TrueAsync(
            () =>
            {
                World.Time.Advance(TimeSpan.FromMilliseconds(20));
                return rest.IsCompleted;
            },
            "the rest has come");
        Assert.Equal(Frame(7), (await rest)[0]);
    }

    [Fact]
    public async Task Start_OfMoreThanTheSendQueueHolds_WaitsForTheClientInsteadOfClosingIt()
    {
        var big = new string('x', 10_000);
        for (var i = 0; i < 30; i++)
            await World.Inbox.StoreAsync("bob", $$"""{"from":"alice","to":"bob","body":"{{i}} {{big}}"}""");

        var bob = await _server.ConnectAsync("bob");

        for (var i = 0; i < 30; i++)
            Assert.Contains($"\"{i} ", await bob.NextAsync(), StringComparison.Ordinal);
        Assert.False(bob.Connection.Closing.IsCompleted);
    }

    [Fact]
    public async Task TryDeliver_ToAClientThatTakesNothing_ClosesItAloneAsASlowReader()
    {
        var alice = await _server.ConnectAsync("alice");
        var slow = await _server.ConnectAsync("bob");
        var fast = await _server.ConnectAsync("bob");
        await LiveAsync(alice, slow, fast);
        var frame = $$"""{"to":"bob","body":"{{new string('x', 10_000)}}"}""";

        for (var i = 0; i < 10; i++)
        {
            await alice.SendAsync(frame);
            Assert.Contains("xxx", await fast.NextAsync(), StringComparison.Ordinal);
        }

        Assert.Same(CloseReason.SlowReader, await slow.Connection.Closing.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.False(fast.Connection.Closing.IsCompleted);
    }

    [Fact]
    public async Task TryDeliver_BehindAReplayThatNobodyTakes_IsBoundedToo()
    {
        World.Inbox.ReadGate = new TaskCompletionSource().Task;
        var alice = await _server.ConnectAsync("alice");
        var bob = await _server.ConnectAsync("bob");
        var frame = $$"""{"to":"bob","body":"{{new string('x', 10_000)}}"}""";

        for (var i = 0; i < 10; i++)
            await alice.SendAsync(frame);

        Assert.Same(CloseReason.SlowReader, await bob.Connection.Closing.WaitAsync(TimeSpan.FromSeconds(10)));
        await bob.LeaveAsync();
    }

    /// <summary>As with the messages of two servers of which one is always a little behind.</summary>
    [Fact]
    public async Task TryDeliver_WithOneMessageHeldAtAnyTime_CountsOnlyWhatIsHeld()
    {
        var bob = await _server.ConnectAsync("bob", lastSeq: 0);
        var alice = await _server.ConnectAsync("alice");
        await LiveAsync(alice, bob);
        var frame = System.Text.Encoding.UTF8.GetBytes($$"""{"from":"alice","to":"bob","body":"{{new string('x', 10_000)}}"}""");

        Assert.True(bob.User.TryDeliver(new MessageFrame(frame, seq: 2)));
        for (var seq = 4; seq <= 40; seq += 2)
        {
            Assert.True(bob.User.TryDeliver(new MessageFrame(frame, seq: seq)));
            Assert.True(bob.User.TryDeliver(new MessageFrame(frame, seq: seq - 3)));
            await bob.NextAsync(2);
        }

        Assert.False(bob.Connection.Closing.IsCompleted);
    }

    [Fact]
    public async Task Start_WithRedisAway_GoesOnLiveAndReadsTheLogWhenItIsBack()
    {
        await StoreAsync("bob", 1, 2);
        World.IsRedisUp = false;
        var bob = await _server.ConnectAsync("bob");
        var alice = await _server.ConnectAsync("alice");
        await alice.SendAsync("""{"to":"bob","body":"live"}""");
        Assert.Contains("live", await bob.NextAsync(), StringComparison.Ordinal);

        World.IsRedisUp = true;
        await _server.Registrar.ReconcileAsync(CancellationToken.None);

        Assert.Equal(Enumerable.Range(1, 2).Select(Frame), await bob.NextAsync(2));
    }

    [Fact]
    public async Task Start_WithALastSeq_ReplaysWhatFollowsIt()
    {
        await StoreAsync("bob", 1, 10);

        var bob = await _server.ConnectAsync("bob", Dialect.V1, lastSeq: 7);

        Assert.Contains("\"seq\":10,\"resumed\":true", await bob.NextAsync(), StringComparison.Ordinal);
        foreach (var seq in (int[])[8, 9, 10])
            Assert.Contains($"\"seq\":{seq}", await bob.NextAsync(), StringComparison.Ordinal);
        await bob.ExpectNothingAsync();
    }

    [Fact]
    public async Task Start_AfterALastSeqThatTheLogNoLongerHas_SaysWhereItBegins()
    {
        var world = new World(new Infrastructure.Inbox.InboxOptions { MaxMessages = 5 });
        await using var server = new TestServer(world);
        for (var i = 1; i <= 10; i++)
            await world.Inbox.StoreAsync("bob", Frame(i));

        var bob = await server.ConnectAsync("bob", Dialect.V1, lastSeq: 2);

        Assert.Contains("\"seq\":10,\"resumed\":false,\"first\":6", await bob.NextAsync(), StringComparison.Ordinal);
        Assert.Contains("\"seq\":6", await bob.NextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_OfAPlainClient_ConfirmsByItsSocketHavingTakenTheFrame()
    {
        await StoreAsync("bob", 1, 3);
        var bob = await _server.ConnectAsync("bob");
        await Eventually.TrueAsync(() => bob.Connection.Session.Cursor == 3, "the log was read");

        Assert.True(bob.Connection.Queue.TryTake(out var chunk));

        Assert.Equal(3, chunk.Seq);
    }

    [Fact]
    public async Task DisposeAsync_WhileAReplayWaitsForRoom_EndsAtOnce()
    {
        var big = new string('x', 10_000);
        for (var i = 0; i < 30; i++)
            await World.Inbox.StoreAsync("bob", $$"""{"from":"alice","to":"bob","body":"{{big}}"}""");
        var bob = await _server.ConnectAsync("bob");
        await Eventually.TrueAsync(() => World.Inbox.Reads >= 1 && bob.Connection.Session.Cursor > 0, "the replay has begun");

        await bob.LeaveAsync().WaitAsync(TimeSpan.FromSeconds(10));

        Assert.True(_server.Table.IsEmpty);
    }

    private async Task StoreAsync(string user, int first, int count)
    {
        for (var i = first; i < first + count; i++)
            await World.Inbox.StoreAsync(user, Frame(i));
    }

    /// <summary>Returns when the logs have been read and messages pass at once.</summary>
    private static async Task LiveAsync(Device sender, params Device[] recipients)
    {
        foreach (var recipient in recipients)
            await sender.SendAsync($$"""{"to":"{{recipient.User.Id}}","body":"are you live"}""");
        foreach (var recipient in recipients)
            await recipient.NextAsync(recipients.Length);
    }

    private static string Frame(int number) => $$"""{"from":"alice","to":"bob","body":{{number}}}""";
}
