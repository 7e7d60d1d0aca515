using MtSockets.TestKit.Brokers;

namespace MtSockets.Fault.Tests.Servers;

/// <summary>
/// Three servers with a Redis that writes everything to disk and a RabbitMQ. The third server reaches both over relays that
/// can be cut and stalled. Shared by all tests, each of which leaves it whole.
/// </summary>
public sealed class FaultCluster : IAsyncLifetime
{
    private PrivateRedis? _redis;
    private PrivateRabbitMq? _rabbitMq;
    private TcpRelay? _redisRelay;
    private TcpRelay? _rabbitMqRelay;
    private EdgeProcess[] _servers = [];

    internal PrivateRedis Redis => _redis!;

    internal PrivateRabbitMq RabbitMq => _rabbitMq!;

    /// <summary>Between the third server and Redis.</summary>
    internal TcpRelay RedisRelay => _redisRelay!;

    /// <summary>Between the third server and RabbitMQ.</summary>
    internal TcpRelay RabbitMqRelay => _rabbitMqRelay!;

    internal IReadOnlyList<EdgeProcess> Servers => _servers;

    internal IReadOnlyList<Uri> Addresses => [.. _servers.Select(server => server.Address)];

    public async Task InitializeAsync()
    {
        var redis = PrivateRedis.StartAsync(new PrivateRedisOptions { AppendOnly = true });
        var rabbitMq = PrivateRabbitMq.StartAsync();
        _redis = await redis;
        _rabbitMq = await rabbitMq;
        _redisRelay = TcpRelay.Start(_redis.Address);
        _rabbitMqRelay = TcpRelay.Start(_rabbitMq.Address);
        _servers =
        [
            NewServer("fault-a"),
            NewServer("fault-b"),
            new EdgeProcess("fault-c", Environment(_redisRelay.Address, _rabbitMqRelay.Address)),
        ];
        await Task.WhenAll(_servers.Select(server => server.StartAsync()));
    }

    public async Task DisposeAsync()
    {
        await Task.WhenAll(_servers.Select(server => server.DisposeAsync().AsTask()));
        IAsyncDisposable?[] rest = [_redisRelay, _rabbitMqRelay, _rabbitMq, _redis];
        foreach (var disposable in rest)
        {
            if (disposable is not null)
                await disposable.DisposeAsync();
        }
    }

    /// <summary>A further server on the same brokers, not started yet.</summary>
    internal EdgeProcess NewServer(string serverId) => new(serverId, Environment(Redis.Address, RabbitMq.Address));

    /// <summary>Waits until all three are ready: the state in which each test starts.</summary>
    internal Task ReadyAsync() => Task.WhenAll(_servers.Select(server => server.ReadyAsync()));

    internal Task<IReadOnlyList<string>> AskRedisAsync(string command) => RedisView.AskAsync(Redis.Address, command);

    private static Dictionary<string, string> Environment(string redis, string rabbitMq) => new(FaultMode.Settings)
    {
        ["REDIS_ADDR"] = redis,
        ["RABBITMQ_ADDR"] = rabbitMq,
    };
}
