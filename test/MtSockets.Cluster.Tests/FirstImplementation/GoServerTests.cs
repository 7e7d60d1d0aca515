using System.Globalization;
using System.Text.Json;
using MtSockets.Cluster.Tests.Brokers;
using MtSockets.Cluster.Tests.Doubles;
using MtSockets.Cluster.Tests.Servers;
using MtSockets.TestKit;
using Xunit;

namespace MtSockets.Cluster.Tests.FirstImplementation;

/// <summary>A MtSockets server beside a server of the first implementation.</summary>
public sealed class GoServerTests(TwoServers servers) : IClassFixture<TwoServers>, IAsyncLifetime
{
    private readonly EdgeCluster _cluster = servers.Cluster;
    private GoServerDouble _go = null!;

    public async Task InitializeAsync() =>
        _go = await GoServerDouble.StartAsync(EdgeSetup.Unique("go"), _cluster.Redis, _cluster.RabbitMq);

    public async Task DisposeAsync() => await _go.DisposeAsync();

    [Fact]
    public async Task FromGo_UserOfOurs_GetsTheFrame()
    {
        var bob = await _cluster.ConnectAsync(0, EdgeSetup.Unique("bob"));

        var frame = await _go.SendAsync("gopher", bob.User, "hello from go");

        Assert.Equal(frame, await bob.ReceiveAsync());
    }

    [Fact]
    public async Task FromGo_UserOnTwoServersOfOurs_GetsItOnBoth()
    {
        var first = await _cluster.ConnectAsync(0, EdgeSetup.Unique("bob"));
        var second = await _cluster.ConnectAsync(1, first.User);

        var frame = await _go.SendAsync("gopher", first.User, "hello from go");

        Assert.Equal(frame, await second.ReceiveAsync());
        Assert.Equal(frame, await first.ReceiveAsync());
    }

    [Fact]
    public async Task ToGo_ManyMessages_ComeOneEachByteForByteInOrder()
    {
        var alice = await _cluster.ConnectAsync(0, EdgeSetup.Unique("alice"));
        var gopher = EdgeSetup.Unique("gopher");
        await _go.EnterAsync(gopher);

        for (var i = 0; i < 200; i++)
            await alice.SendTextAsync($$"""{"to":"{{gopher}}","body":"number {{i}} \u00e4 ü 😀"}""");

        for (var i = 0; i < 200; i++)
        {
            var message = await _go.Received.NextAsync();
            Assert.Equal($$"""{"from":"{{alice.User}}","to":"{{gopher}}","body":"number {{i}} \u00e4 ü 😀"}""", message.Body);
            Assert.Equal("application/json", message.ContentType);
            Assert.Equal("server." + _go.Id, message.RoutingKey);
        }
    }

    [Theory]
    [InlineData("1")]
    [InlineData("null")]
    [InlineData("{\"a\":\"text\"}")]
    [InlineData("[\"text\"]")]
    public async Task ToGo_BodyThatIsNoText_IsAnErrorForItsSender(string body)
    {
        var alice = await _cluster.ConnectAsync(0, EdgeSetup.Unique("alice"));
        var gopher = EdgeSetup.Unique("gopher");
        await _go.EnterAsync(gopher);

        await alice.SendTextAsync($$"""{"to":"{{gopher}}","body":{{body}}}""");
        var error = await alice.ReceiveJsonAsync();
        await alice.SendAsync(gopher, "text");

        Assert.Equal("error", error.GetProperty("op").GetString());
        Assert.Equal("body_not_text", error.GetProperty("code").GetString());
        Assert.False(error.GetProperty("retry").GetBoolean());
        Assert.Equal("text", Body(await _go.Received.NextAsync()));
    }

    [Fact]
    public async Task ToGo_UserComesBackToUs_IsReachedHere()
    {
        var alice = await _cluster.ConnectAsync(0, EdgeSetup.Unique("alice"));
        var user = EdgeSetup.Unique("bob");
        await _go.EnterAsync(user);
        await alice.SendAsync(user, "there");
        Assert.Equal("there", Body(await _go.Received.NextAsync()));
        await _go.LeaveAsync(user);
        var bob = await _cluster.ConnectAsync(1, user);

        await alice.SendAsync(user, "here");

        Assert.Equal("here", (await bob.ReceiveJsonAsync()).GetProperty("body").GetString());
    }

    [Fact]
    public async Task ToGo_ConnectedThereAndHere_GetsItOnBoth()
    {
        var alice = await _cluster.ConnectAsync(0, EdgeSetup.Unique("alice"));
        var bob = await _cluster.ConnectAsync(1, EdgeSetup.Unique("bob"));
        await _go.EnterAsync(bob.User);

        await alice.SendAsync(bob.User, "both");

        Assert.Equal("both", (await bob.ReceiveJsonAsync()).GetProperty("body").GetString());
        Assert.Equal("both", Body(await _go.Received.NextAsync()));
    }

    [Fact]
    public async Task ToGo_ServerHasCrashedAndLeftItsKeys_MessagesWaitInTheInbox()
    {
        var alice = await _cluster.ConnectAsync(0, EdgeSetup.Unique("alice"));
        var user = EdgeSetup.Unique("gopher");
        await _go.EnterAsync(user);
        await _go.CrashAsync();

        for (var i = 0; i < 10; i++)
            await alice.SendAsync(user, i.ToString(CultureInfo.InvariantCulture));
        await using var redis = await RedisView.OpenAsync(_cluster.Redis);
        await Eventually.TrueAsync(async () => await redis.StringAsync($"inbox:{{{user}}}:seq") == "10", "all are stored");

        var gopher = await _cluster.ConnectAsync(1, user);
        for (var i = 0; i < 10; i++)
            Assert.Equal(i.ToString(CultureInfo.InvariantCulture), (await gopher.ReceiveJsonAsync()).GetProperty("body").GetString());
        await gopher.ExpectNothingAsync(alice);
    }

    [Fact]
    public async Task FromGo_UserHasLeftUs_IsStoredNotRequeued()
    {
        var bob = await _cluster.ConnectAsync(0, EdgeSetup.Unique("bob"));
        await using var redis = await RedisView.OpenAsync(_cluster.Redis);
        await bob.CloseAsync();
        await Eventually.TrueAsync(async () => !await redis.ExistsAsync("user:" + bob.User), "he has left");
        // The Go server had looked him up before.
        await redis.Database.StringSetAsync("user:" + bob.User, _cluster[0].Id);

        var frame = await _go.SendAsync("gopher", bob.User, "too late");

        await Eventually.TrueAsync(async () => await redis.StringAsync($"inbox:{{{bob.User}}}:seq") == "1", "it is stored");
        var again = await _cluster.ConnectAsync(1, bob.User);
        Assert.Equal(frame, await again.ReceiveAsync());
    }

    private static string? Body(AmqpMessage message) => JsonSerializer.Deserialize<JsonElement>(message.Body).GetProperty("body").GetString();
}
