using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;
using StackExchange.Redis;

namespace MtSockets.Infrastructure.Redis;

/// <summary>
/// What stands around every call to Redis: a time limit, a few quick retries of what certainly was not carried out, and
/// a circuit breaker, so that during an outage a client hears at once that it should try again later.
/// </summary>
internal sealed class RedisPipeline
{
    private readonly CircuitBreakerStateProvider _state = new();
    private readonly ResiliencePipeline _repeating;
    private readonly ResiliencePipeline _once;

    public RedisPipeline(RedisOptions options)
    {
        var timeout = TimeSpan.FromMilliseconds(options.CallTimeoutMs);
        var breaker = new ResiliencePipelineBuilder()
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<RedisConnectionException>().Handle<TimeoutRejectedException>(),
                FailureRatio = 0.5,
                MinimumThroughput = 4,
                SamplingDuration = TimeSpan.FromSeconds(5),
                BreakDuration = TimeSpan.FromMilliseconds(options.BreakMs),
                StateProvider = _state,
            })
            .Build();
        _once = new ResiliencePipelineBuilder().AddPipeline(breaker).AddTimeout(timeout).Build();
        _repeating = new ResiliencePipelineBuilder()
            .AddPipeline(breaker)
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<RedisException>(WasNotCarriedOut),
                MaxRetryAttempts = 3,
                BackoffType = DelayBackoffType.Exponential,
                Delay = TimeSpan.FromMilliseconds(20),
                MaxDelay = TimeSpan.FromMilliseconds(200),
                UseJitter = true,
            })
            .AddTimeout(timeout)
            .Build();
    }

    public bool IsBroken => _state.CircuitState is CircuitState.Open or CircuitState.Isolated;

    public ValueTask<T> RunAsync<TState, T>(
        Func<IDatabase, TState, Task<T>> call, IDatabase database, TState state, CancellationToken cancellationToken) =>
        RunAsync(_repeating, call, database, state, cancellationToken);

    /// <summary>Without a repetition: for calls that must not overtake each other.</summary>
    public ValueTask<T> RunOnceAsync<TState, T>(
        Func<IDatabase, TState, Task<T>> call, IDatabase database, TState state, CancellationToken cancellationToken) =>
        RunAsync(_once, call, database, state, cancellationToken);

    private static async ValueTask<T> RunAsync<TState, T>(
        ResiliencePipeline pipeline,
        Func<IDatabase, TState, Task<T>> call,
        IDatabase database,
        TState state,
        CancellationToken cancellationToken)
    {
        try
        {
            // The client library's calls take no token: the answer is abandoned, not the call.
            return await pipeline.ExecuteAsync(
                static async (s, token) => await s.call(s.database, s.state).WaitAsync(token),
                (call, database, state),
                cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e) when (e is RedisException or TimeoutException or TimeoutRejectedException or BrokenCircuitException or ObjectDisposedException)
        {
            throw new DependencyUnavailableException("Redis", e);
        }
    }

    /// <summary>Thrown before anything was sent, or refused by the server as a whole: safe to repeat even for an append.</summary>
    private static bool WasNotCarriedOut(RedisException e) => e switch
    {
        RedisConnectionException connection => connection.FailureType == ConnectionFailureType.UnableToResolvePhysicalConnection,
        RedisServerException server => server.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal)
            || server.Message.StartsWith("LOADING", StringComparison.Ordinal),
        _ => false,
    };
}
