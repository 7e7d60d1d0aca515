using System.Globalization;
using MtSockets.Cluster.Tests.Brokers;
using MtSockets.Cluster.Tests.Servers;
using MtSockets.TestKit;
using MtSockets.TestKit.Sockets;
using Xunit;

namespace MtSockets.Cluster.Tests.Guarantees;

/// <summary>Messages for a user who is nowhere.</summary>
public sealed class InboxTests : IAsyncLifetime
{
    private const int MaxMessages = 50;
    private EdgeCluster _cluster = null!;
    private RedisView _redis = null!;

    public async Task InitializeAsync()
    {
        _cluster = await EdgeCluster.StartAsync(3, ("Inbox__MaxMessages", MaxMessages.ToString(CultureInfo.InvariantCulture)), ("Inbox__PageSize", "7"));
        _redis = await RedisView.OpenAsync(_cluster.Redis);
    }

    public async Task DisposeAsync()
    {
        await _redis.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Connect_MessagesWaitFromTwoServers_GetsThemInOrderOnceOnAnyServer(int server)
    {
        var alice = await _cluster.ConnectAsync(0, EdgeSetup.Unique("alice"));
        var carol = await _cluster.ConnectAsync(1, EdgeSetup.Unique("carol"));
        var user = EdgeSetup.Unique("bob");
        await SendAsync(alice, user, 0, 20);
        await StoredAsync(user, 20);
        await SendAsync(carol, user, 20, 20);
        await StoredAsync(user, 40);

        var bob = await _cluster.ConnectAsync(server, user);
        for (var i = 0; i < 40; i++)
            Assert.Equal(Frame(i < 20 ? alice : carol, user, i), await bob.ReceiveAsync());

        await bob.ExpectNothingAsync(alice);
        // What a device has taken does not come again.
        await Eventually.TrueAsync(async () => await _redis.StringAsync($"inbox:{{{user}}}:confirmed") == "40", "it is confirmed");
        await bob.CloseAsync();
        var again = await _cluster.ConnectAsync((server + 1) % 3, user);
        await again.ExpectNothingAsync(alice);
    }

    [Fact]
    public async Task Send_MoreThanTheInboxHolds_OldestGiveWay()
    {
        var alice = await _cluster.ConnectAsync(0, EdgeSetup.Unique("alice"));
        var user = EdgeSetup.Unique("bob");
        await SendAsync(alice, user, 0, MaxMessages + 10);
        await StoredAsync(user, MaxMessages + 10);

        var bob = await _cluster.ConnectAsync(1, user);
        for (var i = 10; i < MaxMessages + 10; i++)
            Assert.Equal(Frame(alice, user, i), await bob.ReceiveAsync());

        await bob.ExpectNothingAsync(alice);
        Assert.Equal(MaxMessages, await _redis.Database.ExecuteAsync("XLEN", $"inbox:{{{user}}}") is var length ? (int)length : 0);
    }

    [Fact]
    public async Task Send_RecipientOffline_SenderHearsNothing()
    {
        var alice = await _cluster.ConnectAsync(0, EdgeSetup.Unique("alice"));

        await alice.SendAsync(EdgeSetup.Unique("nobody"), "x");

        await alice.ExpectNothingAsync();
    }

    [Fact]
    public async Task Connect_WhileMessagesAreBeingSent_GetsThemAllInOrder()
    {
        var alice = await _cluster.ConnectAsync(0, EdgeSetup.Unique("alice"));
        var user = EdgeSetup.Unique("bob");
        await SendAsync(alice, user, 0, 15);
        await StoredAsync(user, 15);

        var connecting = _cluster.ConnectAsync(1, user);
        await SendAsync(alice, user, 15, 30);
        var bob = await connecting;

        for (var i = 0; i < 45; i++)
            Assert.Equal(Frame(alice, user, i), await bob.ReceiveAsync());
        await bob.ExpectNothingAsync(alice);
    }

    private static async Task SendAsync(TestClient sender, string to, int first, int count)
    {
        for (var i = first; i < first + count; i++)
            await sender.SendAsync(to, i);
    }

    private static string Frame(TestClient sender, string to, int body) => $$"""{"from":"{{sender.User}}","to":"{{to}}","body":{{body}}}""";

    private Task StoredAsync(string user, int count) => Eventually.TrueAsync(
        async () => await _redis.StringAsync($"inbox:{{{user}}}:seq") == count.ToString(CultureInfo.InvariantCulture), $"{count} are stored");
}
