using Microsoft.Extensions.Options;
using MtSockets.Infrastructure.Inbox;
using MtSockets.Infrastructure.Redis;
using MtSockets.Infrastructure.Tests.Fakes;
using MtSockets.Infrastructure.Tests.Inbox;
using MtSockets.TestKit;
using MtSockets.TestKit.Brokers;
using Polly.CircuitBreaker;
using static MtSockets.Infrastructure.Tests.Redis.RedisConnectionTests;

namespace MtSockets.Infrastructure.Tests.Redis;

/// <summary>Redis goes away and comes back; the connection is never made anew.</summary>
public sealed class RedisOutageTests : IAsyncLifetime
{
    // Ends a test that hangs; far above what any of these waits takes.
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private const int CannotBeReached = 2003;

    private readonly RecordedLog<RedisConnection> _log = new();
    private PrivateRedis _redis = null!;
    private TcpRelay _relay = null!;
    private int _restored;

    public async Task InitializeAsync()
    {
        _redis = await PrivateRedis.StartAsync();
        _relay = TcpRelay.Start(_redis.Address);
    }

    public async Task DisposeAsync()
    {
        await _relay.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task CallAsync_AwayAtStart_IsUnavailableUntilRedisComes()
    {
        await _redis.KillAsync();
        using var connection = await BeginAsync(_redis.Address);
        await AssertUnavailableAsync(connection);
        Assert.False(connection.IsUp);
        Assert.Equal(0, _restored);
        await Eventually.TrueAsync(() => _log.Has(CannotBeReached), "the reason is in the log", Bound);

        await _redis.RestartAsync();

        await AssertRecoversAsync(connection);
        Assert.True(_restored > 0);
    }

    [Fact]
    public async Task CallAsync_KilledAndRestartedEmpty_RecoversAndTellsOfIt()
    {
        using var connection = await BeginAsync(_redis.Address);
        await AssertRecoversAsync(connection);
        await connection.CallAsync((database, _) => database.StringSetAsync("kept", "yes"), 0, default);
        var restoredBefore = Volatile.Read(ref _restored);

        await _redis.KillAsync();
        await Eventually.TrueAsync(() => !connection.IsUp, "the loss is seen", Bound);
        await AssertUnavailableAsync(connection);

        await _redis.RestartAsync();
        await AssertRecoversAsync(connection);
        await Eventually.TrueAsync(() => Volatile.Read(ref _restored) > restoredBefore, "the return is told", Bound);
        Assert.False(await connection.CallAsync((database, _) => database.KeyExistsAsync("kept"), 0, default));
    }

    [Fact]
    public async Task CallAsync_ScriptsLostInARestart_AreSentAgainAndKeepTheirOrder()
    {
        using var connection = await BeginAsync(_redis.Address);
        await AssertRecoversAsync(connection);
        var inbox = new RedisInbox(connection, Options.Create(new InboxOptions()), TimeProvider.System);
        await InboxSpecification.AppendAsync(inbox, "alice", "{}"u8.ToArray());

        await _redis.RestartAsync();
        await AssertRecoversAsync(connection);

        var numbers = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => InboxSpecification.AppendAsync(inbox, "alice", "{}"u8.ToArray())));
        Assert.Equal(Enumerable.Range(1, 20).Select(i => (long)i), numbers);
    }

    [Fact]
    public async Task CallAsync_Stalled_EveryCallEndsAndTheBreakerOpens()
    {
        using var connection = await BeginAsync(_relay.Address);
        await AssertRecoversAsync(connection);

        _relay.Stall();
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => AssertUnavailableAsync(connection)));
        Assert.False(connection.IsUp);
        // Still stalled, but this one did not even try.
        await Eventually.TrueAsync(
            async () => (await AssertUnavailableAsync(connection)).InnerException is BrokenCircuitException, "the breaker is open", Bound);

        _relay.Restore();
        await AssertRecoversAsync(connection);
    }

    [Fact]
    public async Task CallAsync_ConnectionCut_ComesBackByItself()
    {
        using var connection = await BeginAsync(_relay.Address);
        await AssertRecoversAsync(connection);
        var restoredBefore = Volatile.Read(ref _restored);

        _relay.Cut();
        await Eventually.TrueAsync(() => !connection.IsUp, "the loss is seen", Bound);
        await AssertUnavailableAsync(connection);

        _relay.Restore();
        await AssertRecoversAsync(connection);
        await Eventually.TrueAsync(() => Volatile.Read(ref _restored) > restoredBefore, "the return is told", Bound);
    }

    /// <summary>What is tried again must not be overtaken by what was begun after it.</summary>
    [Fact]
    public async Task AppendAsync_WhileTheConnectionComesAndGoes_WhatIsTakenKeepsItsOrder()
    {
        using var connection = await BeginAsync(_relay.Address, callTimeoutMs: 10_000);
        await AssertRecoversAsync(connection);
        var inbox = new RedisInbox(connection, Options.Create(new InboxOptions { MaxMessages = 100_000 }), TimeProvider.System);
        var appends = new List<Task<long>>();
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        for (var round = 0; round < 3; round++)
        {
            // So many successes keep the breaker closed: every append of the outage comes to the connection.
            await Task.WhenAll(Enumerable.Range(0, 4000).Select(_ => PingAsync(connection)));
            _relay.Cut();
            for (var i = 0; i < 20 && await pace.WaitForNextTickAsync(); i++)
                appends.Add(InboxSpecification.AppendAsync(inbox, "alice", "{}"u8.ToArray()));
            _relay.Restore();
            var begun = appends.Count;
            while (!appends.Skip(begun).Any(append => append.IsCompletedSuccessfully) && await pace.WaitForNextTickAsync())
                appends.Add(InboxSpecification.AppendAsync(inbox, "alice", "{}"u8.ToArray()));
        }

        await Task.WhenAll(appends).ContinueWith(_ => { }, TaskScheduler.Default).WaitAsync(Bound);
        var taken = appends.Where(append => append.IsCompletedSuccessfully).Select(append => append.Result).ToArray();
        Assert.Equal(taken.Order(), taken);
        Assert.True(taken.Length >= 3);
    }

    [Fact]
    public async Task StopAsync_RedisAway_Ends()
    {
        await _redis.KillAsync();
        using var connection = await BeginAsync(_redis.Address);
        await connection.StopAsync(CancellationToken.None).WaitAsync(Bound);
    }

    private async Task<RedisConnection> BeginAsync(string address, int callTimeoutMs = 300)
    {
        var connection = new RedisConnection(
            Options.Create(new RedisOptions { Address = address, CallTimeoutMs = callTimeoutMs }),
            _log);
        connection.Restored += () => Interlocked.Increment(ref _restored);
        await connection.StartAsync(CancellationToken.None);
        return connection;
    }

    private static Task<DependencyUnavailableException> AssertUnavailableAsync(RedisConnection connection) =>
        Assert.ThrowsAsync<DependencyUnavailableException>(() => PingAsync(connection).WaitAsync(Bound));

    private static async Task AssertRecoversAsync(RedisConnection connection)
    {
        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    await PingAsync(connection);
                    return true;
                }
                catch (DependencyUnavailableException)
                {
                    return false;
                }
            },
            "Redis answers again",
            Bound);
        Assert.True(connection.IsUp);
    }
}
