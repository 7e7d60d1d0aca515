using Microsoft.Extensions.Options;
using MtSockets.Infrastructure;
using MtSockets.Infrastructure.Leases;

namespace MtSockets.Edge.Servers;

/// <summary>
/// Holds this server's lease. It is asked for before the sockets and the queue are opened, so that two servers with one id
/// never serve side by side: where an earlier run still holds it, the start waits for its end; where another server goes on
/// holding it, the start fails. With Redis away the server starts without, and stops should another one turn out to hold it.
/// </summary>
internal sealed partial class LeaseKeeper(
    IServerLeases leases,
    ServerIdentity identity,
    Upkeep upkeep,
    IOptions<LeaseOptions> options,
    TimeProvider time,
    IHostApplicationLifetime application,
    ILogger<LeaseKeeper> logger) : BackgroundService, IHostedLifecycleService
{
    private static readonly TimeSpan StartRetry = TimeSpan.FromMilliseconds(100);

    // How long the start waits for Redis before it goes on without.
    private static readonly TimeSpan RedisPatience = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _turn = new(1);
    private readonly SemaphoreSlim _wake = new(0);
    private long _heldAt;
    private bool _everHeld;
    private bool _saidWaiting;
    private volatile bool _left;

    /// <summary>Other servers count this one as alive.</summary>
    public bool IsHeld => !_left && _everHeld && time.GetElapsedTime(Volatile.Read(ref _heldAt)) < options.Value.Duration;

    /// <summary>Gives the lease back: from here on this server is gone.</summary>
    public async Task LeaveAsync()
    {
        _left = true;
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        try
        {
            // Behind a renewal that is under way, else that would take the lease again.
            await _turn.WaitAsync(bound.Token);
            await leases.ReleaseAsync(bound.Token);
        }
        catch (Exception e) when (e is DependencyUnavailableException or OperationCanceledException)
        {
            Log.NotReleased(logger, options.Value.DurationMs);
        }
    }

    /// <exception cref="ServerIdTakenException">Another live server has this id.</exception>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        while (true)
        {
            var outcome = await TryHoldAsync(cancellationToken);
            if (outcome is LeaseOutcome.Acquired or LeaseOutcome.Renewed)
            {
                upkeep.Reconcile();
                return;
            }

            var waited = time.GetElapsedTime(begun);
            if (outcome is null && waited > RedisPatience)
                return;
            if (waited > Patience)
                throw new ServerIdTakenException(identity.ServerId);
            await Task.Delay(StartRetry, time, cancellationToken);
        }
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // A Redis that came back without its memory knows of no lease: until it does, the others take this server for none of theirs.
        upkeep.Recovered += () =>
        {
            if (!_left)
                _wake.Release();
        };
        var firstAsked = time.GetTimestamp();
        while (!stoppingToken.IsCancellationRequested && !_left)
        {
            var outcome = await TryHoldAsync(stoppingToken);
            if (outcome == LeaseOutcome.Taken && (_everHeld || time.GetElapsedTime(firstAsked) > Patience))
            {
                Refuse();
                return;
            }

            if (outcome == LeaseOutcome.Acquired)
                upkeep.Reconcile();

            await _wake.WaitAsync(outcome is LeaseOutcome.Renewed or LeaseOutcome.Acquired ? options.Value.Renew : Retry, stoppingToken);
        }
    }

    // Long enough for the lease of an earlier run to end.
    private TimeSpan Patience => options.Value.Duration + options.Value.Renew;

    private TimeSpan Retry => options.Value.Renew < TimeSpan.FromSeconds(1) ? options.Value.Renew : TimeSpan.FromSeconds(1);

    private async Task<LeaseOutcome?> TryHoldAsync(CancellationToken stoppingToken)
    {
        await _turn.WaitAsync(stoppingToken);
        try
        {
            if (_left)
                return null;
            // From the moment before Redis was asked: the lease never seems longer here than it is there.
            var asked = time.GetTimestamp();
            var outcome = await leases.HoldAsync(stoppingToken);
            if (outcome is LeaseOutcome.Acquired or LeaseOutcome.Renewed)
            {
                Volatile.Write(ref _heldAt, asked);
                _everHeld = true;
            }
            else if (!_everHeld && !_saidWaiting)
            {
                _saidWaiting = true;
                Log.Waiting(logger, identity.ServerId);
            }

            return outcome;
        }
        catch (DependencyUnavailableException)
        {
            return null;
        }
        finally
        {
            _turn.Release();
        }
    }

    public override void Dispose()
    {
        _turn.Dispose();
        _wake.Dispose();
        base.Dispose();
    }

    private void Refuse()
    {
        Log.Taken(logger, identity.ServerId);
        Environment.ExitCode = 1;
        application.StopApplication();
    }

    private static partial class Log
    {
        [LoggerMessage(1041, LogLevel.Critical, "Another live server has the SERVER_ID \"{ServerId}\". Give each server its own; this one stops.")]
        public static partial void Taken(ILogger logger, string serverId);

        [LoggerMessage(1042, LogLevel.Warning, "The SERVER_ID \"{ServerId}\" is still held by an earlier run; waiting for its lease to end")]
        public static partial void Waiting(ILogger logger, string serverId);

        [LoggerMessage(1043, LogLevel.Warning, "Redis cannot be reached; the other servers will notice in {Milliseconds} ms that this one is gone")]
        public static partial void NotReleased(ILogger logger, int milliseconds);
    }
}
