using Microsoft.Extensions.Options;
using MtSockets.Infrastructure.Redis;
using MtSockets.Infrastructure.Tests.Fakes;
using MtSockets.TestKit;
using MtSockets.TestKit.Brokers;

namespace MtSockets.Infrastructure.Tests.Redis;

/// <summary>The connection while all is well, and while it never can be.</summary>
public sealed class RedisConnectionTests
{
    private const int CannotBeReached = 2003;

    [Fact]
    public async Task CallAsync_NotStarted_IsUnavailable()
    {
        using var connection = new RedisConnection(
            Options.Create(new RedisOptions { Address = "127.0.0.1:1" }),
            Microsoft.Extensions.Logging.Abstractions.NullLogger<RedisConnection>.Instance);
        Assert.False(connection.IsUp);
        var failure = await Assert.ThrowsAsync<DependencyUnavailableException>(() => PingAsync(connection));
        Assert.Equal("Redis", failure.Dependency);
    }

    [Fact]
    public async Task CallAsync_CancelledByTheCaller_IsCancelledNotUnavailable()
    {
        await using var relay = TcpRelay.Start((await SharedBrokers.RedisAsync()).Address);
        using var connection = await RedisFixture.OpenAsync(relay.Address, callTimeoutMs: 60_000);
        relay.Stall();
        using var cancelled = new CancellationTokenSource();
        var call = PingAsync(connection, cancelled.Token);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task CallAsync_CommandThatRedisRefuses_IsUnavailableAndLeavesTheOthersAlone()
    {
        using var connection = await RedisFixture.OpenAsync((await SharedBrokers.RedisAsync()).Address);
        var key = Guid.NewGuid().ToString("N");
        await connection.CallAsync((database, k) => database.StringSetAsync(k, "text"), key, default);
        for (var i = 0; i < 20; i++)
        {
            await Assert.ThrowsAsync<DependencyUnavailableException>(
                () => connection.CallAsync((database, k) => database.SetAddAsync(k, "x"), key, default).AsTask());
        }

        Assert.True(connection.IsUp);
        await PingAsync(connection);
    }

    [Fact]
    public async Task CallAsync_ManyAtOnce_AllAnswered()
    {
        using var connection = await RedisFixture.OpenAsync((await SharedBrokers.RedisAsync()).Address);
        var key = Guid.NewGuid().ToString("N");
        var numbers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Task.WhenAll(Enumerable.Range(0, 500).Select(
            _ => connection.CallAsync((database, k) => database.StringIncrementAsync(k), key, default).AsTask())))));
        Assert.Equal(Enumerable.Range(1, 2000).Select(i => (long)i), numbers.SelectMany(n => n).Order());
    }

    [Fact]
    public async Task ExecuteAsync_Password_IsSent()
    {
        await using var redis = await PrivateRedis.StartAsync(new PrivateRedisOptions { Password = "open sesame" });
        using var connection = await RedisFixture.BeginAsync(new RedisOptions { Address = redis.Address, Password = "open sesame" });
        await Eventually.TrueAsync(() => connection.IsUp, "connected with the password");
        await PingAsync(connection);
    }

    [Fact]
    public async Task ExecuteAsync_WrongPassword_IsUnavailableAndGoesOnTrying()
    {
        await using var redis = await PrivateRedis.StartAsync(new PrivateRedisOptions { Password = "open sesame" });
        using var connection = await RedisFixture.BeginAsync(
            new RedisOptions { Address = redis.Address, Password = "guess", CallTimeoutMs = 500 });
        await Assert.ThrowsAsync<DependencyUnavailableException>(() => PingAsync(connection).WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.False(connection.IsUp);
        Assert.False(connection.ExecuteTask!.IsFaulted);
    }

    [Fact]
    public async Task ExecuteAsync_HostUnknown_IsUnavailableAndDoesNotStopTheProcess()
    {
        var log = new RecordedLog<RedisConnection>();
        using var connection = new RedisConnection(
            Options.Create(new RedisOptions { Address = "nowhere.invalid:6379", CallTimeoutMs = 500 }), log);
        await connection.StartAsync(CancellationToken.None);
        await Eventually.TrueAsync(() => log.Has(CannotBeReached), "the failure was logged");
        await Assert.ThrowsAsync<DependencyUnavailableException>(() => PingAsync(connection).WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.False(connection.ExecuteTask!.IsFaulted);
        await connection.StopAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));
    }

    /// <summary>The host calls both: the one before all other services start, the other in its turn.</summary>
    [Fact]
    public async Task StartAsync_AfterStartingAsync_DoesNotConnectAgain()
    {
        await using var relay = TcpRelay.Start((await SharedBrokers.RedisAsync()).Address);
        using var once = await RedisFixture.OpenAsync(relay.Address);
        var connections = relay.ConnectionCount;

        var log = new RecordedLog<RedisConnection>();
        using var connection = new RedisConnection(Options.Create(new RedisOptions { Address = relay.Address }), log);
        await connection.StartingAsync(CancellationToken.None);
        var running = connection.ExecuteTask;
        await connection.StartAsync(CancellationToken.None);
        Assert.Same(running, connection.ExecuteTask);
        await Eventually.TrueAsync(() => connection.IsUp, "connected to Redis");
        Assert.InRange(relay.ConnectionCount, connections + 1, 2 * connections);
    }

    internal static async Task PingAsync(RedisConnection connection, CancellationToken cancellationToken = default) =>
        await connection.CallAsync((database, _) => database.PingAsync(), 0, cancellationToken);
}
