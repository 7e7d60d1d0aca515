using System.Net;
using MtSockets.TestKit.Brokers;

namespace MtSockets.Bench.Processes;

/// <summary>Edge servers, two of them unless more are asked for, with a Redis and a RabbitMQ of their own.</summary>
internal sealed class ClusterTarget : ITarget
{
    private const int Usual = 2;

    private readonly ServerProgram _program;
    private readonly ITestBroker _redis;
    private readonly ITestBroker _rabbitMq;
    private readonly List<ServerProcess> _servers = [];

    // Found once: a broker that has ended must be missed, and not left out.
    private readonly IReadOnlyList<(string Name, int ProcessId)> _brokers;
    private int _started;

    private ClusterTarget(ServerProgram program, ITestBroker redis, ITestBroker rabbitMq)
    {
        (_program, _redis, _rabbitMq) = (program, redis, rabbitMq);
        _brokers = [.. BrokerProcesses.Of(redis, BrokerProcesses.Redis), .. BrokerProcesses.Of(rabbitMq, BrokerProcesses.RabbitMq)];
    }

    public string Name => "cluster";

    public IPEndPoint ServerA => _servers[0].EndPoint;

    public IPEndPoint ServerB => _servers[1].EndPoint;

    public IReadOnlyList<IPEndPoint> Servers => [.. _servers.Select(server => server.EndPoint)];

    public bool CanResize => true;

    public bool Acknowledges => true;

    public string Output => string.Join('\n', _servers.Select(server => $"--- {server.Name}\n{server.Output}"));

    public static async Task<ClusterTarget> StartAsync(ServerProgram program, CancellationToken cancelled)
    {
        var redis = await TestBrokers.StartRedisAsync(cancelled);
        var target = new ClusterTarget(program, redis, await TestBrokers.StartRabbitMqAsync(cancelled));
        try
        {
            await target.ResizeAsync(Usual, cancelled);
            return target;
        }
        catch
        {
            await target.DisposeAsync();
            throw;
        }
    }

    public IReadOnlyList<(string Name, int ProcessId)> Processes() =>
        [.. _servers.Select(server => (server.Name, server.ProcessId)), .. _brokers];

    public async Task ResizeAsync(int servers, CancellationToken cancelled)
    {
        while (_servers.Count < servers)
            _servers.Add(await StartServerAsync($"server {(char)('A' + _servers.Count)}", cancelled));

        var surplus = _servers[servers..];
        _servers.RemoveRange(servers, surplus.Count);
        await Task.WhenAll(surplus.Select(server => server.DisposeAsync().AsTask()));
    }

    public Task<ServerProcess> StartFreshAsync(CancellationToken cancelled) => StartServerAsync("server for idle connections", cancelled);

    public bool AreRegistered(IEnumerable<string> users) => RedisKeys.AllExist(_redis.Address, users.Select(user => $"user:{user}"));

    public async ValueTask DisposeAsync()
    {
        await ResizeAsync(0, CancellationToken.None);
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
