using MtSockets.Cluster.Tests.Outages;
using MtSockets.Cluster.Tests.Servers;
using Xunit;

namespace MtSockets.Cluster.Tests.Acknowledged;

/// <summary>Acknowledged messages while RabbitMQ or Redis cannot be reached.</summary>
public sealed class BrokerOutageTests : IAsyncLifetime
{
    private RelayedBrokers _brokers = null!;
    private EdgeCluster _cluster = null!;

    public async Task InitializeAsync()
    {
        _brokers = await RelayedBrokers.StartAsync();
        _cluster = await EdgeCluster.StartAsync(
            _brokers.Redis.Address,
            _brokers.RabbitMq.Address,
            2,
            ("Redis__CallTimeoutMs", "500"),
            ("Bus__PublishTimeoutMs", "1000"),
            ("Inbox__CheckMs", "300"));
    }

    public async Task DisposeAsync()
    {
        await _cluster.DisposeAsync();
        await _brokers.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RabbitMqIsAway_AcknowledgedMessagesArriveAllTheSame_AndPlainOnesAreRefused(bool stalls)
    {
        await using var alice = await V1Client.ConnectAsync(_cluster[0], EdgeSetup.Unique("alice"));
        await using var bob = await V1Client.ConnectAsync(_cluster[1], EdgeSetup.Unique("bob"));
        if (stalls)
        {
            _brokers.RabbitMq.Stall();
        }
        else
        {
            _brokers.RabbitMq.Cut();
            await _cluster[0].MissesAsync("rabbitmq");
        }

        for (var i = 1; i <= 10; i++)
            Assert.Equal(i, await alice.SendAcknowledgedAsync(bob.User, $"message {i}", $"m-{i}"));
        // By the check: nothing else connects the two servers.
        for (var i = 1; i <= 10; i++)
            await bob.ExpectMessageAsync(i, $"message {i}");
        if (!stalls)
        {
            await alice.SendAsync(bob.User, "plain");
            await alice.ExpectErrorAsync("unavailable", retry: true);
        }

        _brokers.RabbitMq.Restore();
        await _cluster[0].ReadyAsync();
        await _cluster[1].ReadyAsync();
        Assert.Equal(11, await alice.SendAcknowledgedAsync(bob.User, "after it", "m-11"));
        await bob.ExpectMessageAsync(11, "after it");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RedisIsAway_NothingIsAcknowledged_AndWhatIsSentAgainComesOnce(bool stalls)
    {
        await using var alice = await V1Client.ConnectAsync(_cluster[0], EdgeSetup.Unique("alice"));
        await using var bob = await V1Client.ConnectAsync(_cluster[0], EdgeSetup.Unique("bob"));
        if (stalls)
        {
            _brokers.Redis.Stall();
        }
        else
        {
            _brokers.Redis.Cut();
            await _cluster[0].MissesAsync("redis");
        }

        await alice.SendAsync(bob.User, "kept", "c-1");
        await alice.ExpectErrorAsync("unavailable", retry: true, "c-1");
        await alice.SendAsync(bob.User, "passing");
        await bob.ExpectMessageAsync(0, "passing");

        _brokers.Redis.Restore();
        await _cluster[0].ReadyAsync();
        // Where it stalled, Redis may have taken the first one after all.
        Assert.Equal(1, await alice.SendUntilAcknowledgedAsync(bob.User, "kept", "c-1"));
        Assert.Equal(2, await alice.SendUntilAcknowledgedAsync(bob.User, "after it", "c-2"));
        await bob.ExpectMessageAsync(1, "kept");
        await bob.ExpectMessageAsync(2, "after it");
    }

    [Fact]
    public async Task RedisIsBack_LaterMessagesWaitUntilTheMissingOneIsSentAgain()
    {
        await using var alice = await V1Client.ConnectAsync(_cluster[0], EdgeSetup.Unique("alice"));
        await using var bob = await V1Client.ConnectAsync(_cluster[0], EdgeSetup.Unique("bob"));
        await using var carol = await V1Client.ConnectAsync(_cluster[1], EdgeSetup.Unique("carol"));
        _brokers.Redis.Cut();
        await _cluster[0].MissesAsync("redis");
        await alice.SendAsync(bob.User, "first", "c-1");
        await alice.ExpectErrorAsync("unavailable", retry: true, "c-1");

        _brokers.Redis.Restore();
        await _cluster[0].ReadyAsync();
        await _cluster[1].ReadyAsync();
        await alice.SendAsync(bob.User, "second", "c-2");
        await alice.ExpectErrorAsync("unavailable", retry: true, "c-2");
        Assert.Equal(1, await alice.SendAcknowledgedAsync(carol.User, "to another", "c-3"));

        Assert.Equal(1, await alice.SendAcknowledgedAsync(bob.User, "first", "c-1"));
        Assert.Equal(2, await alice.SendAcknowledgedAsync(bob.User, "second", "c-2"));
        await bob.ExpectMessageAsync(1, "first");
        await bob.ExpectMessageAsync(2, "second");
        await carol.ExpectMessageAsync(1, "to another");
    }
}
