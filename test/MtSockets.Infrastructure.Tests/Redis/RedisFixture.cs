using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using MtSockets.Infrastructure.Redis;
using MtSockets.TestKit;
using MtSockets.TestKit.Brokers;
using StackExchange.Redis;

namespace MtSockets.Infrastructure.Tests.Redis;

/// <summary>A connection to the Redis that all tests share. They keep apart by the names they choose.</summary>
public sealed class RedisFixture : IAsyncLifetime
{
    internal RedisConnection Connection { get; private set; } = null!;

    public async Task InitializeAsync() => Connection = await OpenAsync((await SharedBrokers.RedisAsync()).Address);

    public async Task DisposeAsync()
    {
        await Connection.StopAsync(CancellationToken.None);
        Connection.Dispose();
    }

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
