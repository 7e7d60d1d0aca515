using MtSockets.Contracts.Naming;
using MtSockets.TestKit;
using RabbitMQ.Client;

namespace MtSockets.Infrastructure.Tests.Bus;

public sealed class BusTopologyTests : RabbitMqTest
{
    private string Queue => BusNames.ServerQueue(Server.Identity.ServerId, Server.Identity.Incarnation);

    [Fact]
    public async Task Start_ServerQueue_IsExclusive() =>
        Assert.Equal(Constants.ResourceLocked, await Raw.RefusalAsync(channel => channel.QueueDeclarePassiveAsync(Queue)));

    [Fact]
    public async Task Start_MessagesExchange_IsATopicAndDurable()
    {
        Assert.Equal(0, await DeclareAsync("topic", durable: true));
        Assert.Equal(Constants.PreconditionFailed, await DeclareAsync("topic", durable: false));
        Assert.Equal(Constants.PreconditionFailed, await DeclareAsync("fanout", durable: true));

        Task<int> DeclareAsync(string type, bool durable) =>
            Raw.RefusalAsync(channel => channel.ExchangeDeclareAsync("messages", type, durable, autoDelete: false));
    }

    [Fact]
    public async Task Start_DeadLetterQueue_IsDurableAndShared()
    {
        Assert.Equal(0, await Raw.RefusalAsync(channel => channel.QueueDeclarePassiveAsync("mtsockets.dead-letter")));
        Assert.Equal(Constants.PreconditionFailed, await Raw.RefusalAsync(
            channel => channel.QueueDeclareAsync("mtsockets.dead-letter", durable: false, exclusive: false, autoDelete: false)));
    }

    /// <summary>With MassTransit's own exchange gone, the way that is left is the binding to <c>messages</c>.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("broadcast")]
    public async Task Start_ServerQueue_IsBoundStraightToTheMessagesExchange(string key)
    {
        await Raw.Channel.ExchangeDeleteAsync(Queue);
        await Raw.PublishAsync(key.Length > 0 ? key : Key, """{"from":"a","to":"straight","body":"x"}""");
        Assert.Equal("""{"from":"a","to":"straight","body":"x"}""", (await Server.Received.NextAsync()).Plain);
    }

    [Fact]
    public async Task Start_SameServerIdAgain_HasAQueueOfItsOwn()
    {
        await using var again = await BusServer.StartAsync(Address, Server.Identity.ServerId);
        Assert.True(again.Bus.IsUp);
        Assert.NotEqual(Server.Identity.Incarnation, again.Identity.Incarnation);
    }

    [Fact]
    public async Task Stop_NothingOfTheServerIsLeft()
    {
        var server = await BusServer.StartAsync(Address);
        var name = BusNames.ServerQueue(server.Identity.ServerId, server.Identity.Incarnation);
        Assert.Equal(0, await Raw.RefusalAsync(channel => channel.ExchangeDeclarePassiveAsync(name)));
        await server.PublishAsync(BusNames.ServerKey(server.Identity.ServerId), Message(ReceivedMessages.Poison));
        await Raw.PublishAsync(
            BusNames.ServerKey(server.Identity.ServerId),
            """{"message":{},"messageType":["urn:message:Some:Other"]}""",
            "application/vnd.masstransit+json");
        await server.PublishAsync(BusNames.ServerKey(server.Identity.ServerId), Message("marker"));
        await server.Received.NextAsync();

        await server.DisposeAsync();

        foreach (var queue in new[] { name, name + "_error", name + "_skipped" })
        {
            await NotFoundAsync(channel => channel.QueueDeclarePassiveAsync(queue), $"no queue {queue}");
            await NotFoundAsync(channel => channel.ExchangeDeclarePassiveAsync(queue), $"no exchange {queue}");
        }
    }

    private Task NotFoundAsync(Func<IChannel, Task> declare, string description) =>
        Eventually.TrueAsync(async () => await Raw.RefusalAsync(declare) == Constants.NotFound, description);
}
