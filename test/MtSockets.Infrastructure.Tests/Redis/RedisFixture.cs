using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using MtSockets.Infrastructure.Redis;
using MtSockets.TestKit;
using MtSockets.TestKit.Brokers;
using StackExchange.Redis;

namespace MtSockets.Infrastructure.Tests.Redis;

/// <summary>Connections to the Redis that all tests share. They keep apart by the names they choose.</summary>
public sealed class RedisFixture : IAsyncLifetime
{
    private RedisConnection[] _connections = [];

    internal RedisConnection Connection => _connections[0];

    public async Task InitializeAsync()
    {
        var address = (await SharedBrokers.RedisAsync()).Address;
        _connections = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => OpenAsync(address)));
    }

    public async Task DisposeAsync()
    {
        foreach (var connection in _connections)
        {
            await connection.StopAsync(CancellationToken.None);
            connection.Dispose();
        }
    }

    /// <summary>
    /// The same one for the same server, another one for servers whose ids end in the next letters: on one, nothing could overtake.
    /// </summary>
    internal RedisConnection ConnectionOf(string serverId) => _connections[serverId[^1] % _connections.Length];

    /// <summary>What Redis really holds, past the implementation under test.</summary>
    public Task<T> RawAsync<T>(Func<IDatabase, Task<T>> read) =>
        Connection.CallAsync(static (database, read) => read(database), read, CancellationToken.None).AsTask();

    /// <summary>A connection that was told to connect, whether or not Redis is there.</summary>
    internal static async Task<RedisConnection> BeginAsync(RedisOptions options)
    {
        var connection = new RedisConnection(Options.Create(options), NullLogger<RedisConnection>.Instance);
        await connection.StartAsync(CancellationToken.None);
        return connection;
    }

    /// <summary>A connection that stands.</summary>
    internal static async Task<RedisConnection> OpenAsync(string address, int callTimeoutMs = 5000)
    {
        var connection = await BeginAsync(new RedisOptions { Address = address, CallTimeoutMs = callTimeoutMs });
        await Eventually.TrueAsync(() => connection.IsUp, "connected to Redis");
        return connection;
    }
}
