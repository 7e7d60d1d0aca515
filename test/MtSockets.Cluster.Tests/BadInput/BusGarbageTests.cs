using System.Text;
using System.Threading.Channels;
using MtSockets.Cluster.Tests.Brokers;
using MtSockets.Cluster.Tests.Servers;
using MtSockets.Contracts.Naming;
using Xunit;

namespace MtSockets.Cluster.Tests.BadInput;

/// <summary>What cannot be read goes to the one dead-letter queue as it came, and what comes behind it is delivered.</summary>
public sealed class BusGarbageTests(TwoServers servers) : IClassFixture<TwoServers>, IAsyncLifetime
{
    private const string Envelope = "application/vnd.masstransit+json";
    private readonly EdgeCluster _cluster = servers.Cluster;
    private AmqpChannel _amqp = null!;
    private ChannelReader<AmqpMessage> _deadLetters = null!;

    public static TheoryData<string, string?> Garbage => new()
    {
        { "no json at all", "application/json" },
        { "", "application/json" },
        { "[]", "application/json" },
        { "\"text\"", null },
        { "{}", "application/json" },
        { "{\"from\":\"go\",\"body\":\"nobody named\"}", "application/json" },
        { "{\"from\":\"go\",\"to\":\"\",\"body\":\"x\"}", "application/json" },
        { "{\"from\":\"go\",\"to\":\"a\\u0000b\",\"body\":\"x\"}", "application/json" },
        { "{\"origin\":\"x\",\"messages\":7}", "application/json" },
        { "{\"origin\":\"x\",\"messages\":[{\"user\":7}]}", "application/json" },
        { "{\"origin\":\"x\",\"messages\":[{\"kind\":\"unheard\",\"user\":\"bob\"}]}", "application/json" },
        { "no envelope", Envelope },
        { "{}", Envelope },
        { "{\"messageType\":[\"urn:message:Some:Other\"],\"message\":{\"a\":1}}", Envelope },
        { "{\"messageType\":[\"urn:message:MtSockets.Contracts.Bus:DeliverToServer\"],\"message\":{\"origin\":\"x\",\"messages\":[{\"user\":1}]}}", Envelope },
        { "{\"messageType\":[\"urn:message:MtSockets.Contracts.Bus:DeliverToServer\"],\"message\":null}", Envelope },
        { "<xml/>", "application/vnd.masstransit+xml" },
    };

    public async Task InitializeAsync()
    {
        _amqp = await AmqpChannel.OpenAsync(_cluster.RabbitMq);
        _deadLetters = await _amqp.ConsumeAsync(BusNames.DeadLetterQueue);
    }

    public async Task DisposeAsync() => await _amqp.DisposeAsync();

    [Theory]
    [MemberData(nameof(Garbage))]
    public async Task Publish_Garbage_GoesToTheDeadLetterQueueAndOthersGoOn(string body, string? contentType)
    {
        var bob = await _cluster.ConnectAsync(0, EdgeSetup.Unique("bob"));
        var carol = await _cluster.ConnectAsync(1, EdgeSetup.Unique("carol"));
        var key = "server." + _cluster[0].Id;

        await _amqp.PublishAsync(key, body, contentType);
        await carol.SendAsync(bob.User, "behind it");

        Assert.Contains("behind it", await bob.ReceiveAsync(), StringComparison.Ordinal);
        var dead = await _deadLetters.NextAsync(message => message.Headers.GetValueOrDefault("mtsockets-server") == _cluster[0].Id);
        Assert.Equal(body, dead.Body);
        Assert.NotEmpty(dead.Headers["mtsockets-reason"]);
    }

    [Fact]
    public async Task Publish_InvalidUtf8_GoesToTheDeadLetterQueue()
    {
        var bob = await _cluster.ConnectAsync(0, EdgeSetup.Unique("bob"));
        byte[] body = [.. Encoding.UTF8.GetBytes($"{{\"from\":\"go\",\"to\":\"{bob.User}\",\"body\":\""), 0xC3, 0x28, .. "\"}"u8];

        await _amqp.PublishAsync("server." + _cluster[0].Id, body);

        await _deadLetters.NextAsync(message => message.Body.Contains(bob.User, StringComparison.Ordinal));
        await bob.ExpectNothingAsync();
    }

    [Fact]
    public async Task Publish_Garbage_LeavesNoQueuesOfMassTransitBehind()
    {
        var queue = BusNames.ServerQueue(_cluster[0].Id, _cluster[0].Get<Infrastructure.ServerIdentity>().Incarnation);
        await _amqp.PublishAsync("server." + _cluster[0].Id, "{\"messageType\":[\"urn:message:Some:Other\"],\"message\":{\"a\":1}}", Envelope);
        await _deadLetters.NextAsync(message => message.Headers.GetValueOrDefault("mtsockets-server") == _cluster[0].Id);

        foreach (var suffix in (string[])["_skipped", "_error"])
        {
            await using var probe = await AmqpChannel.OpenAsync(_cluster.RabbitMq);
            var missing = await Assert.ThrowsAsync<RabbitMQ.Client.Exceptions.OperationInterruptedException>(
                () => probe.Channel.QueueDeclarePassiveAsync(queue + suffix));
            Assert.Equal((suffix, 404), (suffix, (int)missing.ShutdownReason!.ReplyCode));
        }
    }
}
