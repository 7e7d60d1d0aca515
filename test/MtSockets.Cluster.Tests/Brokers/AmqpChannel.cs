using System.Text;
using System.Threading.Channels;
using MtSockets.Contracts.Naming;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace MtSockets.Cluster.Tests.Brokers;

/// <summary>A channel of a plain AMQP client: what tests and servers of the first implementation speak.</summary>
public sealed class AmqpChannel : IAsyncDisposable
{
    private readonly IConnection _connection;

    private AmqpChannel(IConnection connection, IChannel channel) => (_connection, Channel) = (connection, channel);

    public IChannel Channel { get; }

    public static async Task<AmqpChannel> OpenAsync(string address)
    {
        var factory = new ConnectionFactory
        {
            Endpoint = new AmqpTcpEndpoint(new Uri("amqp://" + address)),
            AutomaticRecoveryEnabled = false,
        };
        var connection = await factory.CreateConnectionAsync();
        return new AmqpChannel(connection, await connection.CreateChannelAsync());
    }

    /// <summary>An own queue that gets what is published to the <c>messages</c> exchange with that key from now on.</summary>
    public async Task<ChannelReader<AmqpMessage>> TapAsync(string routingKey)
    {
        await Channel.ExchangeDeclareAsync(BusNames.MessagesExchange, ExchangeType.Topic, durable: true);
        var queue = await Channel.QueueDeclareAsync();
        await Channel.QueueBindAsync(queue.QueueName, BusNames.MessagesExchange, routingKey);
        return await ConsumeAsync(queue.QueueName);
    }

    /// <summary>Everything that comes into a queue, acknowledged at once.</summary>
    public async Task<ChannelReader<AmqpMessage>> ConsumeAsync(string queue)
    {
        var messages = System.Threading.Channels.Channel.CreateUnbounded<AmqpMessage>();
        var consumer = new AsyncEventingBasicConsumer(Channel);
        consumer.ReceivedAsync += (_, message) =>
        {
            messages.Writer.TryWrite(new AmqpMessage(
                message.RoutingKey,
                message.BasicProperties.ContentType,
                Encoding.UTF8.GetString(message.Body.Span),
                message.BasicProperties.Headers?.ToDictionary(header => header.Key, header => Text(header.Value)) ?? []));
            return Task.CompletedTask;
        };
        await Channel.BasicConsumeAsync(queue, autoAck: true, consumer);
        return messages.Reader;
    }

    /// <summary>Publishes a body as it is, without headers.</summary>
    public ValueTask PublishAsync(string routingKey, string body, string? contentType = "application/json") =>
        PublishAsync(routingKey, Encoding.UTF8.GetBytes(body), contentType);

    public ValueTask PublishAsync(string routingKey, byte[] body, string? contentType = "application/json") => Channel.BasicPublishAsync(
        BusNames.MessagesExchange, routingKey, mandatory: false, new BasicProperties { ContentType = contentType }, body);

    /// <summary>Publishes something that nobody can read, and tells whether a queue has taken it.</summary>
    public async Task<bool> IsTakenAsync(string routingKey)
    {
        await using var confirming = await _connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        try
        {
            await confirming.BasicPublishAsync(BusNames.MessagesExchange, routingKey, mandatory: true, ReadOnlyMemory<byte>.Empty);
            return true;
        }
        catch (PublishException e) when (e.IsReturn)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Channel.DisposeAsync();
        await _connection.DisposeAsync();
    }

    private static string Text(object? value) => value is byte[] bytes ? Encoding.UTF8.GetString(bytes) : value?.ToString() ?? "";
}
