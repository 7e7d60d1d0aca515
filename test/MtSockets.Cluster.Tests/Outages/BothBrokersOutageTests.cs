using MtSockets.Cluster.Tests.Servers;
using Xunit;

namespace MtSockets.Cluster.Tests.Outages;

/// <summary>Neither broker can be reached: every server goes on alone.</summary>
public sealed class BothBrokersOutageTests : IAsyncLifetime
{
    private RelayedBrokers _brokers = null!;

    public async Task InitializeAsync() => _brokers = await RelayedBrokers.StartAsync();

    public async Task DisposeAsync() => await _brokers.DisposeAsync();

    [Fact]
    public async Task Start_BothAreAway_NamesBothAndRecovers()
    {
        _brokers.Redis.Cut();
        _brokers.RabbitMq.Cut();
        await using var first = await _brokers.LaunchServerAsync();
        await using var second = await _brokers.LaunchServerAsync();
        await first.MissesAsync("redis,rabbitmq");
        await using var alice = await first.ConnectAsync(EdgeSetup.Unique("alice"));
        await using var bob = await second.ConnectAsync(EdgeSetup.Unique("bob"));

        _brokers.RabbitMq.Restore();
        _brokers.Redis.Restore();
        await first.ReadyAsync();
        await second.ReadyAsync();

        await alice.TalksToAsync(bob);
        await bob.TalksToAsync(alice);
    }

    [Fact]
    public async Task Later_BothAreAway_LocalMessagesComeInOrderAndWithoutErrors()
    {
        await using var cluster = await _brokers.StartServersAsync(2);
        var alice = await cluster.ConnectAsync(0, EdgeSetup.Unique("alice"));
        var phone = await cluster.ConnectAsync(0, EdgeSetup.Unique("bob"));
        var tablet = await cluster.ConnectAsync(0, phone.User);
        _brokers.Redis.Cut();
        _brokers.RabbitMq.Cut();
        await cluster[0].MissesAsync("redis,rabbitmq");

        for (var i = 0; i < 100; i++)
            await alice.SendAsync(phone.User, i);

        var expected = Enumerable.Range(0, 100).Select(i => $$"""{"from":"{{alice.User}}","to":"{{phone.User}}","body":{{i}}}""").ToArray();
        Assert.Equal(expected, await phone.ReceiveManyAsync(100));
        Assert.Equal(expected, await tablet.ReceiveManyAsync(100));
        await alice.ExpectNothingAsync();
    }
}
