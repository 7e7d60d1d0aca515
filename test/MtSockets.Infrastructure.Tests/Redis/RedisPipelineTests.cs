using System.Reflection;
using MtSockets.Infrastructure.Redis;
using StackExchange.Redis;

namespace MtSockets.Infrastructure.Tests.Redis;

public sealed class RedisPipelineTests
{
    private readonly RedisPipeline _pipeline = new(new RedisOptions { CallTimeoutMs = 5000, BreakMs = 60_000 });
    private int _calls;

    [Fact]
    public async Task RunAsync_NothingWasSent_IsTriedAgain()
    {
        var answer = await RunAsync(
            call => call < 3 ? throw Failure(ConnectionFailureType.UnableToResolvePhysicalConnection) : Task.FromResult("yes"));
        Assert.Equal(("yes", 3), (answer, _calls));
    }

    [Fact]
    public async Task RunAsync_NeverSent_EndsAfterAFewTries()
    {
        var failure = await Assert.ThrowsAsync<DependencyUnavailableException>(
            () => RunAsync(_ => throw Failure(ConnectionFailureType.UnableToResolvePhysicalConnection)));
        Assert.IsType<RedisConnectionException>(failure.InnerException);
        Assert.Equal(4, _calls);
    }

    /// <summary>An append that may have been carried out must not be repeated.</summary>
    [Fact]
    public async Task RunAsync_MayHaveBeenCarriedOut_IsNotRepeated()
    {
        await Assert.ThrowsAsync<DependencyUnavailableException>(() => RunAsync(_ => throw Failure(ConnectionFailureType.SocketFailure)));
        Assert.Equal(1, _calls);
    }

    [Fact]
    public async Task RunOnceAsync_NothingWasSent_IsNotTriedAgainAndCountsForTheBreaker()
    {
        for (var i = 0; i < 10; i++)
        {
            await Assert.ThrowsAsync<DependencyUnavailableException>(() => _pipeline.RunOnceAsync<int, string>(
                (_, _) =>
                {
                    _calls++;
                    throw Failure(ConnectionFailureType.UnableToResolvePhysicalConnection);
                },
                database: null!,
                state: 0,
                CancellationToken.None).AsTask());
        }

        Assert.Equal(4, _calls);
        await Assert.ThrowsAsync<DependencyUnavailableException>(() => RunAsync(_ => Task.FromResult("not reached")));
        Assert.Equal(4, _calls);
    }

    [Fact]
    public async Task RunAsync_NoAnswer_EndsAndIsNotRepeated()
    {
        var pipeline = new RedisPipeline(new RedisOptions { CallTimeoutMs = 50 });
        var never = new TaskCompletionSource<string>();
        await Assert.ThrowsAsync<DependencyUnavailableException>(
            () => RunAsync(_ => never.Task, pipeline).WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(1, _calls);
    }

    [Fact]
    public async Task RunAsync_ManyFailures_NoMoreCallsGetThrough()
    {
        for (var i = 0; i < 10; i++)
        {
            await Assert.ThrowsAsync<DependencyUnavailableException>(
                () => RunAsync(_ => throw Failure(ConnectionFailureType.SocketFailure)));
        }

        Assert.True(_pipeline.IsBroken);
        Assert.Equal(4, _calls);
    }

    [Fact]
    public async Task RunAsync_FailureThatIsNotRedis_PassesAsItIs()
    {
        await Assert.ThrowsAsync<FormatException>(() => RunAsync(_ => throw new FormatException()));
        Assert.False(_pipeline.IsBroken);
    }

    // Its constructors are not public in every version of the client library.
    private static RedisConnectionException Failure(ConnectionFailureType type)
    {
        const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        return (RedisConnectionException)Activator.CreateInstance(typeof(RedisConnectionException), Any, null, [type, "failed"], null)!;
    }

    private async Task<string> RunAsync(Func<int, Task<string>> call, RedisPipeline? pipeline = null) =>
        await (pipeline ?? _pipeline).RunAsync((_, c) => c(++_calls), database: null!, call, CancellationToken.None);
}
