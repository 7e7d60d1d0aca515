using StackExchange.Redis;

namespace MtSockets.Cluster.Tests.Brokers;

/// <summary>Looks into the Redis of a cluster, as a test or a server of the first implementation does.</summary>
public sealed class RedisView : IAsyncDisposable
{
    private readonly ConnectionMultiplexer _multiplexer;

    private RedisView(ConnectionMultiplexer multiplexer) => _multiplexer = multiplexer;

    public IDatabase Database => _multiplexer.GetDatabase();

    public static async Task<RedisView> OpenAsync(string address)
    {
        var multiplexer = await ConnectionMultiplexer.ConnectAsync(new ConfigurationOptions
        {
            EndPoints = { address },
            ConnectTimeout = 5000,
            AbortOnConnectFail = true,
        });
        multiplexer.PreserveAsyncOrder = false;
        return new RedisView(multiplexer);
    }

    public async Task<string?> StringAsync(string key) => await Database.StringGetAsync(key);

    public async Task<string[]> MembersAsync(string key) =>
        [.. (await Database.SetMembersAsync(key)).Select(member => (string)member!).Order(StringComparer.Ordinal)];

    public Task<bool> ExistsAsync(string key) => Database.KeyExistsAsync(key);

    public async ValueTask DisposeAsync()
    {
        await _multiplexer.CloseAsync(allowCommandsToComplete: false);
        _multiplexer.Dispose();
    }
}
