using System.Text;
using MtSockets.Contracts.Naming;
using MtSockets.TestKit;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace MtSockets.Infrastructure.Tests.Bus;

/// <summary>A program that speaks AMQP and knows nothing of MassTransit, as a server of the first implementation does.</summary>
internal sealed class RawRabbitMq : IAsyncDisposable
{
    private readonly IConnection _connection;

    private RawRabbitMq(IConnection connection, IChannel channel) => (_connection, Channel) = (connection, channel);

    public IChannel Channel { get; }

    public static async Task<RawRabbitMq> ConnectAsync(string address)
    {
        var (host, port) = HostAndPort.Parse(address, 5672);
        var connection = await new ConnectionFactory { HostName = host, Port = port }.CreateConnectionAsync();
        // Confirms: what was published has reached its queues when the call returns.
        var options = new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true);
        return new RawRabbitMq(connection, await connection.CreateChannelAsync(options));
    }

    public Task PublishAsync(string routingKey, string body, string? contentType = null)
    {
        var properties = new BasicProperties();
        if (contentType is not null)
            properties.ContentType = contentType;
        return PublishAsync(routingKey, Encoding.UTF8.GetBytes(body), properties);
    }

    public async Task PublishAsync(string routingKey, byte[] body, BasicProperties properties) =>
        await Channel.BasicPublishAsync(BusNames.MessagesExchange, routingKey, mandatory: true, properties, body);

    /// <summary>An exclusive queue that gets what is for this server, as the spec has it.</summary>
    public async Task<string> StandInForAsync(string serverId)
    {
        await Channel.ExchangeDeclareAsync(BusNames.MessagesExchange, ExchangeType.Topic, durable: true);
        var queue = (await Channel.QueueDeclareAsync()).QueueName;
        await Channel.QueueBindAsync(queue, BusNames.MessagesExchange, BusNames.ServerKey(serverId));
        return queue;
    }

    public async Task<BasicGetResult> NextAsync(string queue)
    {
        BasicGetResult? message = null;
        await Eventually.TrueAsync(
            async () => (message = await Channel.BasicGetAsync(queue, autoAck: true)) is not null, $"a message in {queue}");
        return message!;
    }

    /// <summary>Takes from the dead-letter queue, which tests share, what this server has put there.</summary>
    public async Task<IReadOnlyList<BasicGetResult>> DeadLettersAsync(string serverId)
    {
        var letters = new List<BasicGetResult>();
        // A channel of its own: what is looked at and left goes back to the queue with it.
        await using var channel = await _connection.CreateChannelAsync();
        while (await channel.BasicGetAsync(BusNames.DeadLetterQueue, autoAck: false) is { } letter)
        {
            if (HeaderOf(letter, "mtsockets-server") != serverId)
                continue;
            await channel.BasicAckAsync(letter.DeliveryTag, multiple: false);
            letters.Add(letter);
        }

        return letters;
    }

    public static string HeaderOf(BasicGetResult message, string name) =>
        Encoding.UTF8.GetString((byte[])message.BasicProperties.Headers![name]!);

    /// <summary>The code with which RabbitMQ refuses this, 0 where it does not.</summary>
    public async Task<int> RefusalAsync(Func<IChannel, Task> declare)
    {
        await using var channel = await _connection.CreateChannelAsync();
        try
        {
            await declare(channel);
            return 0;
        }
        catch (OperationInterruptedException refused)
        {
            return refused.ShutdownReason!.ReplyCode;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Channel.DisposeAsync();
        await _connection.DisposeAsync();
    }
}
