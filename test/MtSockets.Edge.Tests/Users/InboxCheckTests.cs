using System.Text;
using MtSockets.Edge.Protocol;
using MtSockets.Edge.Tests.Fakes;
using MtSockets.Edge.Users;
using MtSockets.Infrastructure.Inbox;
using MtSockets.TestKit;

namespace MtSockets.Edge.Tests.Users;

/// <summary>What never came over the bus, and what came too early.</summary>
public sealed class InboxCheckTests : ServerTests
{
    private readonly TestServer _server;

    public InboxCheckTests() => _server = AddServer();

    [Fact]
    public async Task ExecuteAsync_FindsWhatNobodyPublished()
    {
        await _server.RunAsync<InboxCheck>();
        var bob = await ConnectAsync();

        await AppendAsync("a");

        await Eventually.TrueAsync(
            () =>
            {
                World.Time.Advance(TimeSpan.FromSeconds(5));
                return bob.Connection.Session.Cursor == 1;
            },
            "the check finds it");
        Assert.Contains("\"seq\":1", await bob.NextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TryDeliver_OfANumberThatComesTooEarly_WaitsForItsPredecessor()
    {
        var bob = await ConnectAsync();
        await AppendAsync("a");
        await AppendAsync("b");
        var reads = World.Inbox.Reads;

        bob.Connection.TryDeliver(new MessageFrame(Frame("b"), default, 2));
        await bob.ExpectNothingAsync();
        bob.Connection.TryDeliver(new MessageFrame(Frame("a"), default, 1));

        Assert.Contains("\"seq\":1", await bob.NextAsync(), StringComparison.Ordinal);
        Assert.Contains("\"seq\":2", await bob.NextAsync(), StringComparison.Ordinal);
        Assert.Equal(reads, World.Inbox.Reads);
    }

    [Fact]
    public async Task TryDeliver_OfANumberWhosePredecessorNeverComes_ReadsTheLog()
    {
        var bob = await ConnectAsync();
        await AppendAsync("a");
        await AppendAsync("b");

        bob.Connection.TryDeliver(new MessageFrame(Frame("b"), default, 2));
        await Eventually.TrueAsync(
            () =>
            {
                World.Time.Advance(TimeSpan.FromMilliseconds(10));
                return bob.Connection.Session.Cursor == 2;
            },
            "the log is read");

        Assert.Contains("\"seq\":1", await bob.NextAsync(), StringComparison.Ordinal);
        Assert.Contains("\"seq\":2", await bob.NextAsync(), StringComparison.Ordinal);
        await bob.ExpectNothingAsync();
    }

    private async Task<Device> ConnectAsync()
    {
        var bob = await _server.ConnectAsync("bob", Dialect.V1);
        Assert.Contains("welcome", await bob.NextAsync(), StringComparison.Ordinal);
        // The first reading has ended when a frame without a number passes at once.
        bob.Connection.TryDeliver(new MessageFrame(Frame("live")));
        Assert.Contains("live", await bob.NextAsync(), StringComparison.Ordinal);
        return bob;
    }

    private ValueTask<IReadOnlyList<InboxAppended>> AppendAsync(string id) =>
        World.Inbox.AppendAsync("bob", [new InboxMessage(Frame(id)) { SenderId = "alice", Id = id }], CancellationToken.None);

    private static byte[] Frame(string body) => Encoding.UTF8.GetBytes($$"""{"from":"alice","to":"bob","body":"{{body}}"}""");
}
