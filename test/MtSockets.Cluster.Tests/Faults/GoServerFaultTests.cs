using System.Text.Json;
using MtSockets.Cluster.Tests.Brokers;
using MtSockets.Cluster.Tests.Servers;
using MtSockets.TestKit;
using MtSockets.TestKit.Sockets;
using Xunit;

namespace MtSockets.Cluster.Tests.Faults;

/// <summary>What the first implementation does wrong and this one must not: each fault at the end of the spec, where it needs no broker to fail.</summary>
public sealed class GoServerFaultTests(TwoServers servers) : IClassFixture<TwoServers>
{
    private readonly EdgeCluster _cluster = servers.Cluster;

    [Fact]
    public async Task ConcurrentPublishers_ManyAtOnce_DoNotBreakTheChannel()
    {
        var bob = await _cluster.ConnectAsync(1, EdgeSetup.Unique("bob"));
        var name = EdgeSetup.Unique("publisher");
        var senders = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => _cluster.ConnectAsync(0, $"{name}-{i}")));
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        var sending = senders.Select(sender => Task.Run(async () =>
        {
            await start.Task;
            for (var i = 0; i < 50; i++)
                await sender.SendAsync(bob.User, i);
        })).ToArray();
        start.SetResult();
        await Task.WhenAll(sending);

        var frames = await bob.ReceiveManyAsync(30 * 50);
        Assert.Equal(30 * 50, frames.Distinct().Count());
        await bob.ExpectNothingAsync(senders[0]);
    }

    [Fact]
    public async Task TwoWritersToOneSocket_LocalAndRemoteAtOnce_NoFrameIsTorn()
    {
        var bob = await _cluster.ConnectAsync(1, EdgeSetup.Unique("bob"));
        var senders = new List<TestClient>();
        foreach (var server in (int[])[0, 0, 1, 1, 1])
            senders.Add(await _cluster.ConnectAsync(server, EdgeSetup.Unique("writer")));

        await Task.WhenAll(senders.Select((sender, index) => Task.Run(async () =>
        {
            for (var i = 0; i < 100; i++)
                await sender.SendAsync(bob.User, new string((char)('a' + index), 1 + (i * 37 % 3000)));
        })));

        foreach (var frame in await bob.ReceiveManyAsync(senders.Count * 100))
        {
            var body = JsonSerializer.Deserialize<JsonElement>(frame).GetProperty("body").GetString()!;
            Assert.Single(body.Distinct());
        }
    }

    [Fact]
    public async Task UserHasJustLeft_RegistryStillNamesHisServer_MessageIsStoredAfterFewHops()
    {
        await using var redis = await RedisView.OpenAsync(_cluster.Redis);
        await using var amqp = await AmqpChannel.OpenAsync(_cluster.RabbitMq);
        var tap = await amqp.TapAsync("server.#");
        var alice = await _cluster.ConnectAsync(0, EdgeSetup.Unique("alice"));
        var user = EdgeSetup.Unique("bob");
        // Both servers are named and neither holds him: each would send him to the other for ever.
        await redis.Database.SetAddAsync("user_servers:" + user, [_cluster[0].Id, _cluster[1].Id]);
        await redis.Database.StringSetAsync("user:" + user, _cluster[1].Id);

        await alice.SendAsync(user, "too late");

        await Eventually.TrueAsync(async () => await redis.StringAsync($"inbox:{{{user}}}:seq") == "1", "it is stored");
        var carol = await _cluster.ConnectAsync(1, EdgeSetup.Unique("carol"));
        await alice.SendAsync(carol.User, "marker");
        await carol.ReceiveAsync();
        var travelled = 0;
        while (await tap.NextAsync(message => message.Body.Contains(user, StringComparison.Ordinal) || message.Body.Contains("marker", StringComparison.Ordinal))
            is { } seen && !seen.Body.Contains("marker", StringComparison.Ordinal))
        {
            travelled += seen.Body.Contains("too late", StringComparison.Ordinal) ? 1 : 0;
        }

        // Routing__MaxHops is 3.
        Assert.InRange(travelled, 1, 4);
        await redis.Database.KeyDeleteAsync("user_servers:" + user);
        var bob = await _cluster.ConnectAsync(0, user);
        Assert.Contains("too late", await bob.ReceiveAsync(), StringComparison.Ordinal);
        await bob.ExpectNothingAsync(alice);
    }

    [Fact]
    public async Task OlderConnectionCloses_NewerOneOnAnotherServer_StaysReachable()
    {
        await using var redis = await RedisView.OpenAsync(_cluster.Redis);
        var alice = await _cluster.ConnectAsync(0, EdgeSetup.Unique("alice"));
        var older = await _cluster.ConnectAsync(0, EdgeSetup.Unique("bob"));
        var newer = await _cluster.ConnectAsync(1, older.User);

        await older.CloseAsync();
        await Eventually.TrueAsync(async () => (await redis.MembersAsync("user_servers:" + older.User)).Length == 1, "the older one has left");

        Assert.Equal(_cluster[1].Id, await redis.StringAsync("user:" + older.User));
        await alice.SendAsync(older.User, "still here");
        Assert.Contains("still here", await newer.ReceiveAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task SecondDevice_OfTheSameUser_DoesNotReplaceTheFirst(int server)
    {
        var alice = await _cluster.ConnectAsync(0, EdgeSetup.Unique("alice"));
        var first = await _cluster.ConnectAsync(0, EdgeSetup.Unique("bob"));
        var second = await _cluster.ConnectAsync(server, first.User);

        await alice.SendAsync(first.User, "to both");

        Assert.Contains("to both", await first.ReceiveAsync(), StringComparison.Ordinal);
        Assert.Contains("to both", await second.ReceiveAsync(), StringComparison.Ordinal);
        await second.CloseAsync();
        await alice.SendAsync(first.User, "to one");
        Assert.Contains("to one", await first.ReceiveAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OfflineUser_MessagesAreSent_DoesNotLoseThem()
    {
        var alice = await _cluster.ConnectAsync(0, EdgeSetup.Unique("alice"));
        var user = EdgeSetup.Unique("bob");
        await alice.SendAsync(user, "while you were away");
        await alice.ExpectNothingAsync();

        var bob = await _cluster.ConnectAsync(1, user);

        Assert.Contains("while you were away", await bob.ReceiveAsync(), StringComparison.Ordinal);
    }
}
