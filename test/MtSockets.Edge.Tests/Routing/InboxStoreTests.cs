using MtSockets.Contracts.Bus;
using MtSockets.Contracts.Events;
using MtSockets.Edge.Tests.Fakes;
using MtSockets.Infrastructure.Events;
using MtSockets.TestKit;

namespace MtSockets.Edge.Tests.Routing;

public sealed class InboxStoreTests : ServerTests
{
    private readonly TestServer _one;
    private readonly TestServer _two;

    public InboxStoreTests() => (_one, _two) = (AddServer("edge-1"), AddServer("edge-2"));

    [Fact]
    public async Task StoreAsync_ForSomebodyWhoConnectsElsewhereMeanwhile_WakesHisServer()
    {
        var alice = await _one.ConnectAsync("alice");
        Device? bob = null;
        World.Inbox.BeforeAppend = async () =>
        {
            // After the look-up, before the append: his server finds an empty log.
            bob = await _two.ConnectAsync("bob");
            await Eventually.TrueAsync(() => World.Inbox.Reads == 2, "his session has read the log");
        };

        await alice.SendAsync("""{"to":"bob","body":1}""");

        Assert.Equal("""{"from":"alice","to":"bob","body":1}""", await bob!.NextAsync());
        Assert.Single(World.Network.For("edge-2", ServerMessageKind.Stored));
        await bob.ExpectNothingAsync();
    }

    [Fact]
    public async Task StoreAsync_ForSomebodyWhoConnectsHereMeanwhile_WakesHim()
    {
        var alice = await _one.ConnectAsync("alice");
        Device? bob = null;
        World.Inbox.BeforeAppend = async () =>
        {
            bob = await _one.ConnectAsync("bob");
            await Eventually.TrueAsync(() => World.Inbox.Reads == 2, "his session has read the log");
        };

        await alice.SendAsync("""{"to":"bob","body":1}""");

        Assert.Equal("""{"from":"alice","to":"bob","body":1}""", await bob!.NextAsync());
    }

    [Fact]
    public async Task StoreAsync_WithRedisGoneInBetween_TellsTheSender()
    {
        var alice = await _one.ConnectAsync("alice");
        World.Inbox.BeforeAppend = () => throw new Infrastructure.DependencyUnavailableException("Redis");

        await alice.SendAsync("""{"to":"bob","body":1}""");

        Assert.Contains("\"code\":\"unavailable\"", await alice.NextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task StoreAsync_PublishesThatAMessageWaits()
    {
        await _one.RunAsync<EventPublisher>();
        var alice = await _one.ConnectAsync("alice");

        await alice.SendAsync("""{"to":"bob","body":1}""");

        await Eventually.TrueAsync(() => _one.Events.All.OfType<MessageStored>().Any(), "it is published");
        Assert.Equal(new MessageStored("alice", "bob", 1, World.Time.GetUtcNow()), Assert.Single(_one.Events.All.OfType<MessageStored>()));
    }
}
