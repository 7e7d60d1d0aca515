using System.Text.Json;
using MtSockets.Cluster.Tests.Brokers;
using MtSockets.Cluster.Tests.Servers;
using MtSockets.Contracts.Naming;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Xunit;

namespace MtSockets.Cluster.Tests.Spec;

/// <summary>Rows "exchange", "routing key", "queue" and "message between servers" of the spec.</summary>
public sealed class BusTopologyTests(TwoServers servers) : IClassFixture<TwoServers>
{
    private readonly EdgeCluster _cluster = servers.Cluster;

    [Fact]
    public async Task Exchange_OfTheServers_IsADurableTopicThatAnotherMayDeclareAlike()
    {
        await using var amqp = await AmqpChannel.OpenAsync(_cluster.RabbitMq);

        // RabbitMQ answers 406 where any of these differs.
        await amqp.Channel.ExchangeDeclareAsync("messages", ExchangeType.Topic, durable: true, autoDelete: false, arguments: null);
    }

    [Fact]
    public async Task Queue_OfAServer_IsExclusive()
    {
        await using var amqp = await AmqpChannel.OpenAsync(_cluster.RabbitMq);
        var incarnation = _cluster[0].Get<Infrastructure.ServerIdentity>().Incarnation;

        var locked = await Assert.ThrowsAsync<OperationInterruptedException>(
            () => amqp.Channel.QueueDeclarePassiveAsync(BusNames.ServerQueue(_cluster[0].Id, incarnation)));

        Assert.Equal(405, (int)locked.ShutdownReason!.ReplyCode);
    }

    [Fact]
    public async Task Queue_OfAServer_IsBoundWithItsOwnKeyAndBroadcast()
    {
        await using var amqp = await AmqpChannel.OpenAsync(_cluster.RabbitMq);
        var bob = await _cluster.ConnectAsync(0, EdgeSetup.Unique("bob"));
        var frame = $$"""{"from":"go","to":"{{bob.User}}","body":"KEY"}""";

        foreach (var key in (string[])["server." + _cluster[0].Id, "broadcast"])
        {
            await amqp.PublishAsync(key, frame);
            Assert.Equal(frame, await bob.ReceiveAsync());
        }

        // The other server got the broadcast too and must not look for him.
        var carol = await _cluster.ConnectAsync(1, EdgeSetup.Unique("carol"));
        await amqp.PublishAsync("broadcast", frame.Replace(bob.User, carol.User, StringComparison.Ordinal));
        await carol.ReceiveAsync();
        await bob.ExpectNothingAsync(carol);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData(null)]
    [InlineData("text/plain")]
    [InlineData("application/octet-stream")]
    public async Task PlainForm_FromAnybodyWithoutHeaders_IsDelivered(string? contentType)
    {
        await using var amqp = await AmqpChannel.OpenAsync(_cluster.RabbitMq);
        var bob = await _cluster.ConnectAsync(0, EdgeSetup.Unique("bob"));

        await amqp.PublishAsync("server." + _cluster[0].Id, $$"""{ "body" : "hello", "to" : "{{bob.User}}", "from" : "go", "x" : 1 }""", contentType);

        Assert.Equal($$"""{"from":"go","to":"{{bob.User}}","body":"hello"}""", await bob.ReceiveAsync());
    }

    [Fact]
    public async Task Batch_BetweenServers_IsReadableUnindentedJsonForOneServer()
    {
        await using var amqp = await AmqpChannel.OpenAsync(_cluster.RabbitMq);
        var tap = await amqp.TapAsync("server." + _cluster[1].Id);
        var alice = await _cluster.ConnectAsync(0, EdgeSetup.Unique("alice"));
        var bob = await _cluster.ConnectAsync(1, EdgeSetup.Unique("bob"));

        await alice.SendAsync(bob.User, "hello");
        await bob.ReceiveAsync();
        var message = await tap.NextAsync(message => message.Body.Contains(bob.User, StringComparison.Ordinal));

        Assert.DoesNotContain('\n', message.Body);
        Assert.Contains(
            $$$"""[{"user":"{{{bob.User}}}","frame":{"from":"{{{alice.User}}}","to":"{{{bob.User}}}","body":"hello"}}]""", message.Body, StringComparison.Ordinal);
        var envelope = JsonSerializer.Deserialize<JsonElement>(message.Body);
        Assert.Equal("urn:message:MtSockets.Contracts.Bus:DeliverToServer", envelope.GetProperty("messageType")[0].GetString());
    }
}
