using MtSockets.Cluster.Tests.Brokers;
using MtSockets.Cluster.Tests.Outages;
using MtSockets.Cluster.Tests.Servers;
using MtSockets.TestKit;
using MtSockets.TestKit.Brokers;
using Xunit;

namespace MtSockets.Cluster.Tests.Acknowledged;

/// <summary>Redis dies and comes back with an empty memory, while clients are connected.</summary>
public sealed class EmptyRedisTests : IAsyncLifetime
{
    private PrivateRedis _redis = null!;
    private EdgeCluster _cluster = null!;

    public async Task InitializeAsync()
    {
        _redis = await PrivateRedis.StartAsync();
        var rabbitMq = await SharedBrokers.RabbitMqAsync();
        _cluster = await EdgeCluster.StartAsync(_redis.Address, rabbitMq.Address, 2, ("Redis__CallTimeoutMs", "500"), ("Inbox__CheckMs", "300"));
    }

    public async Task DisposeAsync()
    {
        await _cluster.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task RedisIsEmptyAgain_LiveConnectionsAreEnteredAgain_AndMessagesFlowBothWays()
    {
        await using var alice = await V1Client.ConnectAsync(_cluster[0], EdgeSetup.Unique("alice"));
        await using var bob = await V1Client.ConnectAsync(_cluster[1], EdgeSetup.Unique("bob"));
        var carol = await _cluster.ConnectAsync(0, EdgeSetup.Unique("carol"));
        var dave = await _cluster.ConnectAsync(1, EdgeSetup.Unique("dave"));
        await carol.TalksToAsync(dave);

        await RestartEmptyAsync();
        await EnteredAsync((alice.User, 0), (bob.User, 1), (carol.User, 0), (dave.User, 1));

        await carol.TalksToAsync(dave);
        await dave.TalksToAsync(carol);
        Assert.Equal(1, await alice.SendAcknowledgedAsync(bob.User, "there", "c-1"));
        await bob.ExpectMessageAsync(1, "there");
        Assert.Equal(1, await bob.SendAcknowledgedAsync(alice.User, "and back", "c-1"));
        await alice.ExpectMessageAsync(1, "and back");
    }

    [Fact]
    public async Task RedisIsEmptyAgain_WhoHadNumbersIsClosed_AndHearsThatTheyBeginAnew()
    {
        await using var alice = await V1Client.ConnectAsync(_cluster[0], EdgeSetup.Unique("alice"));
        await using var bob = await V1Client.ConnectAsync(_cluster[1], EdgeSetup.Unique("bob"));
        var plain = await _cluster.ConnectAsync(0, bob.User);
        for (var i = 1; i <= 3; i++)
        {
            await alice.SendAcknowledgedAsync(bob.User, $"message {i}", $"m-{i}");
            await bob.ExpectMessageAsync(i, $"message {i}");
            await plain.ReceiveAsync();
        }

        await RestartEmptyAsync();
        Assert.Equal(4003, (await bob.Socket.WaitForCloseAsync(TimeSpan.FromSeconds(30))).Code);

        await using var again = await V1Client.ConnectAsync(_cluster[1], bob.User, lastSeq: 3);
        Assert.False(again.Welcome.GetProperty("resumed").GetBoolean());
        Assert.Equal(1, again.Welcome.GetProperty("first").GetInt64());
        await EnteredAsync((alice.User, 0), (bob.User, 0), (bob.User, 1));
        Assert.Equal(1, await alice.SendAcknowledgedAsync(bob.User, "anew", "m-4"));
        await again.ExpectMessageAsync(1, "anew");
        // A client of the plain form knows no numbers and goes on.
        Assert.Equal($$"""{"from":"{{alice.User}}","to":"{{bob.User}}","body":"anew"}""", await plain.ReceiveAsync());
    }

    private async Task RestartEmptyAsync()
    {
        await _redis.KillAsync();
        await _cluster[0].MissesAsync("redis");
        await _cluster[1].MissesAsync("redis");
        await _redis.RestartAsync();
        await _cluster[0].ReadyAsync();
        await _cluster[1].ReadyAsync();
    }

    private async Task EnteredAsync(params (string User, int Server)[] expected)
    {
        await using var redis = await RedisView.OpenAsync(_redis.Address);
        foreach (var (user, server) in expected)
        {
            await Eventually.TrueAsync(
                async () => (await redis.MembersAsync("user_servers:" + user)).Contains(_cluster[server].Id), $"{user} is entered again", TimeSpan.FromSeconds(30));
        }
    }
}
