using MtSockets.TestKit.Brokers;
using MtSockets.TestKit.Sockets;

namespace MtSockets.Cluster.Tests.Servers;

/// <summary>Some Edge servers in this process on the brokers that all tests share, and the clients that a test connects to them.</summary>
public sealed class EdgeCluster : IAsyncDisposable
{
    private readonly List<EdgeServer> _servers = [];
    private readonly List<TestClient> _clients = [];
    private readonly (string Name, string? Value)[] _settings;

    private EdgeCluster(string redis, string rabbitMq, (string Name, string? Value)[] settings)
    {
        (Redis, RabbitMq, _settings) = (redis, rabbitMq, settings);
    }

    public string Redis { get; }

    public string RabbitMq { get; }

    public EdgeServer this[int index] => _servers[index];

    public static async Task<EdgeCluster> StartAsync(int servers, params (string Name, string? Value)[] settings)
    {
        var redis = SharedBrokers.RedisAsync();
        var rabbitMq = SharedBrokers.RabbitMqAsync();
        return await StartAsync((await redis).Address, (await rabbitMq).Address, servers, settings);
    }

    public static async Task<EdgeCluster> StartAsync(
        string redis, string rabbitMq, int servers, params (string Name, string? Value)[] settings)
    {
        var cluster = new EdgeCluster(redis, rabbitMq, settings);
        try
        {
            await Task.WhenAll(Enumerable.Range(0, servers).Select(_ => cluster.AddServerAsync()));
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>The setup of one more server, for those that are started as a process.</summary>
    public Dictionary<string, string?> Setup() =>
        EdgeSetup.InCluster(EdgeSetup.Unique("server"), Redis, RabbitMq).With(_settings);

    public async Task<EdgeServer> AddServerAsync()
    {
        var server = await EdgeServer.StartAsync(Setup());
        lock (_servers)
            _servers.Add(server);
        return server;
    }

    /// <summary>Connects a client that is disposed with the cluster.</summary>
    public Task<TestClient> ConnectAsync(int server, string user) => ConnectAsync(_servers[server].Address, user);

    public async Task<TestClient> ConnectAsync(Uri address, string user)
    {
        var client = await TestClient.ConnectAsync(address, user);
        lock (_clients)
            _clients.Add(client);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_clients.Select(client => client.DisposeAsync().AsTask()));
        await Task.WhenAll(_servers.Select(server => server.DisposeAsync().AsTask()));
    }
}
