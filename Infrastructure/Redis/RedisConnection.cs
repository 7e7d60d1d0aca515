using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace MtSockets.Infrastructure.Redis;

/// <summary>
/// The one connection to Redis. It is made in the background, comes back by itself, and every call over it runs through
/// <see cref="RedisPipeline"/>.
/// </summary>
internal sealed partial class RedisConnection(IOptions<RedisOptions> options, ILogger<RedisConnection> logger)
    : BackgroundService, IHostedLifecycleService, IRecoverable
{
    private readonly RedisPipeline _pipeline = new(options.Value);
    private ConnectionMultiplexer? _multiplexer;

    /// <summary>Redis answers again after it did not, possibly with an empty memory.</summary>
    public event Action? Restored;

    public bool IsUp => _multiplexer is { IsConnected: true } && !_pipeline.IsBroken;

    private IDatabase Database => _multiplexer?.GetDatabase() ?? throw new DependencyUnavailableException("Redis");

    /// <summary>Runs <paramref name="call"/>; every failure becomes a <see cref="DependencyUnavailableException"/>.</summary>
    public async ValueTask<T> CallAsync<TState, T>(
        Func<IDatabase, TState, Task<T>> call, TState state, CancellationToken cancellationToken) =>
        await _pipeline.RunAsync(call, Database, state, cancellationToken);

    /// <summary>
    /// Runs <paramref name="call"/> without a repetition: of calls that were begun one after the other, those that succeed keep that order.
    /// </summary>
    public async ValueTask<T> CallOnceAsync<TState, T>(
        Func<IDatabase, TState, Task<T>> call, TState state, CancellationToken cancellationToken) =>
        await _pipeline.RunOnceAsync(call, Database, state, cancellationToken);

    /// <summary>Before everything else: the lease is asked for next.</summary>
    public Task StartingAsync(CancellationToken cancellationToken) => StartAsync(cancellationToken);

    public override Task StartAsync(CancellationToken cancellationToken) =>
        ExecuteTask is null ? base.StartAsync(cancellationToken) : Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var configuration = new ConfigurationOptions
        {
            AbortOnConnectFail = false,
            ConnectTimeout = 2000,
            KeepAlive = 5,
            ReconnectRetryPolicy = new LinearRetry(500),
            Password = options.Value.Password is { Length: > 0 } password ? password : null,
        };
        configuration.EndPoints.Add(options.Value.Address);

        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var multiplexer = await ConnectionMultiplexer.ConnectAsync(configuration);
                // In 1.2.6 completions otherwise run in order on one worker, and one that waits stops all. Obsolete in 2.x: drop the line there.
                multiplexer.PreserveAsyncOrder = false;
                multiplexer.ConnectionFailed += (_, e) =>
                {
                    if (e.ConnectionType == ConnectionType.Interactive)
                        Log.ConnectionFailed(logger, e.FailureType);
                };
                multiplexer.ConnectionRestored += (_, e) =>
                {
                    if (e.ConnectionType == ConnectionType.Interactive)
                        OnRestored();
                };
                _multiplexer = multiplexer;
                if (!multiplexer.IsConnected)
                    Log.ConnectFailed(logger, "no answer from " + options.Value.Address);
                OnRestored();
                return;
            }
            catch (Exception e) when (e is RedisException or ArgumentException or System.Net.Sockets.SocketException)
            {
                Log.ConnectFailed(logger, e.Message);
                await Task.Delay(TimeSpan.FromSeconds(1), stoppingToken);
            }
        }
    }

    private void OnRestored()
    {
        if (_multiplexer is not { IsConnected: true })
            return;
        Log.Connected(logger);
        Restored?.Invoke();
    }

    public override void Dispose()
    {
        base.Dispose();
        _multiplexer?.Dispose();
    }

    private static partial class Log
    {
        [LoggerMessage(2001, LogLevel.Information, "Connected to Redis")]
        public static partial void Connected(ILogger logger);

        [LoggerMessage(2002, LogLevel.Warning, "The connection to Redis was lost ({Failure}); reconnecting")]
        public static partial void ConnectionFailed(ILogger logger, ConnectionFailureType failure);

        [LoggerMessage(2003, LogLevel.Warning, "Redis cannot be reached ({Reason}); trying again")]
        public static partial void ConnectFailed(ILogger logger, string reason);
    }
}
