using System.Net;
using MtSockets.Bench.Linux;
using MtSockets.TestKit.Brokers;

namespace MtSockets.Bench.Processes;

/// <summary>Two Edge servers with a Redis and a RabbitMQ of their own.</summary>
internal sealed class ClusterTarget : ITarget
{
    private readonly ServerProgram _program;
    private readonly ITestBroker _redis;
    private readonly ITestBroker _rabbitMq;
    private readonly List<ServerProcess> _servers = [];
    private int _started;

    private ClusterTarget(ServerProgram program, ITestBroker redis, ITestBroker rabbitMq) =>
        (_program, _redis, _rabbitMq) = (program, redis, rabbitMq);

    public string Name => "cluster";

    public IPEndPoint ServerA => _servers[0].EndPoint;

    public IPEndPoint ServerB => _servers[1].EndPoint;

    public bool Acknowledges => true;

    public string Output => string.Join('\n', _servers.Select(server => $"--- {server.Name}\n{server.Output}"));

    public static async Task<ClusterTarget> StartAsync(ServerProgram program, CancellationToken cancelled)
    {
        var redis = await TestBrokers.StartRedisAsync(cancelled);
        var target = new ClusterTarget(program, redis, await TestBrokers.StartRabbitMqAsync(cancelled));
        try
        {
            target._servers.Add(await target.StartServerAsync("server A", cancelled));
            target._servers.Add(await target.StartServerAsync("server B", cancelled));
            return target;
        }
        catch
        {
            await target.DisposeAsync();
            throw;
        }
    }

    public IReadOnlyList<(string Name, int ProcessId)> Processes() =>
    [
        .. _servers.Select(server => (server.Name, server.ProcessId)),
        .. ProcessStat.Descendants(Environment.ProcessId)
            .Where(stat => stat.Name is "redis-server" or "beam.smp")
            .Select(stat => (stat.Name, stat.ProcessId)),
    ];

    public Task<ServerProcess> StartFreshAsync(CancellationToken cancelled) => StartServerAsync("server for idle connections", cancelled);

    public bool AreRegistered(IEnumerable<string> users) => RedisKeys.AllExist(_redis.Address, users.Select(user => $"user:{user}"));

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_servers.Select(server => server.DisposeAsync().AsTask()));
        await _rabbitMq.DisposeAsync();
        await _redis.DisposeAsync();
    }

    private Task<ServerProcess> StartServerAsync(string name, CancellationToken cancelled) =>
        ServerProcess.StartAsync(
            name,
            _program,
            new Dictionary<string, string>
            {
                ["SERVER_ID"] = $"bench-{Environment.ProcessId}-{++_started}",
                ["REDIS_ADDR"] = _redis.Address,
                ["RABBITMQ_ADDR"] = _rabbitMq.Address,
            },
            cancelled);
}
