using System.Text.Json;
using System.Threading.Channels;
using MtSockets.Cluster.Tests.Brokers;
using RabbitMQ.Client;

namespace MtSockets.Cluster.Tests.Doubles;

/// <summary>
/// A server of the first implementation as its neighbours see it: it knows <c>user:</c> and the <c>messages</c> exchange, plain
/// JSON without headers, and nothing else. What comes into its queue is what its users would get, byte for byte.
/// </summary>
public sealed class GoServerDouble : IAsyncDisposable
{
    private readonly AmqpChannel _amqp;
    private readonly RedisView _redis;

    private GoServerDouble(string id, AmqpChannel amqp, RedisView redis, ChannelReader<AmqpMessage> received) =>
        (Id, _amqp, _redis, Received) = (id, amqp, redis, received);

    public string Id { get; }

    public ChannelReader<AmqpMessage> Received { get; }

    public static async Task<GoServerDouble> StartAsync(string id, string redis, string rabbitMq)
    {
        var amqp = await AmqpChannel.OpenAsync(rabbitMq);
        await amqp.Channel.ExchangeDeclareAsync("messages", ExchangeType.Topic, durable: true);
        var queue = await amqp.Channel.QueueDeclareAsync("", durable: false, exclusive: true, autoDelete: true);
        await amqp.Channel.QueueBindAsync(queue.QueueName, "messages", "server." + id);
        return new GoServerDouble(id, amqp, await RedisView.OpenAsync(redis), await amqp.ConsumeAsync(queue.QueueName));
    }

    /// <summary>A user connects to it.</summary>
    public Task EnterAsync(string user) => _redis.Database.StringSetAsync("user:" + user, Id);

    /// <summary>A user leaves it. It does not look whose key it deletes.</summary>
    public Task LeaveAsync(string user) => _redis.Database.KeyDeleteAsync("user:" + user);

    /// <summary>One of its users sends a message to somebody who is not connected to it.</summary>
    /// <returns>The frame that the recipient must get.</returns>
    public async Task<string> SendAsync(string from, string to, string body)
    {
        var target = await _redis.StringAsync("user:" + to) ?? throw new InvalidOperationException($"{to} is not connected.");
        var frame = $$"""{"from":{{JsonSerializer.Serialize(from)}},"to":{{JsonSerializer.Serialize(to)}},"body":{{JsonSerializer.Serialize(body)}}}""";
        await _amqp.PublishAsync("server." + target, frame);
        return frame;
    }

    /// <summary>Dies and leaves its keys behind, as the first implementation does.</summary>
    public ValueTask CrashAsync() => _amqp.DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        await _amqp.DisposeAsync();
        await _redis.DisposeAsync();
    }
}
