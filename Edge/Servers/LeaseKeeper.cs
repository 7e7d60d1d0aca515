using Microsoft.Extensions.Options;
using MtSockets.Infrastructure;
using MtSockets.Infrastructure.Leases;

namespace MtSockets.Edge.Servers;

/// <summary>Holds this server's lease, and stops the process where another one holds it.</summary>
internal sealed partial class LeaseKeeper(
    IServerLeases leases,
    ServerIdentity identity,
    Upkeep upkeep,
    IOptions<LeaseOptions> options,
    TimeProvider time,
    IHostApplicationLifetime application,
    ILogger<LeaseKeeper> logger) : BackgroundService
{
    private readonly SemaphoreSlim _turn = new(1);
    private long _heldAt;
    private bool _everHeld;
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

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var firstAsked = time.GetTimestamp();
        while (!stoppingToken.IsCancellationRequested && !_left)
        {
            var asked = time.GetTimestamp();
            var outcome = await TryHoldAsync(stoppingToken);
            if (outcome == LeaseOutcome.Taken && (_everHeld || time.GetElapsedTime(firstAsked) > options.Value.Duration + options.Value.Renew))
            {
                Refuse();
                return;
            }

            if (outcome is LeaseOutcome.Acquired or LeaseOutcome.Renewed)
            {
                // From the moment before Redis was asked: the lease never seems longer here than it is there.
                Volatile.Write(ref _heldAt, asked);
                _everHeld = true;
                if (outcome == LeaseOutcome.Acquired)
                    upkeep.Reconcile();
            }

            await Task.Delay(outcome is LeaseOutcome.Renewed or LeaseOutcome.Acquired ? options.Value.Renew : Retry, time, stoppingToken);
        }
    }

    private TimeSpan Retry => options.Value.Renew < TimeSpan.FromSeconds(1) ? options.Value.Renew : TimeSpan.FromSeconds(1);

    private async Task<LeaseOutcome?> TryHoldAsync(CancellationToken stoppingToken)
    {
        await _turn.WaitAsync(stoppingToken);
        try
        {
            if (_left)
                return null;
            var outcome = await leases.HoldAsync(stoppingToken);
            if (outcome == LeaseOutcome.Taken && !_everHeld)
                Log.Waiting(logger, identity.ServerId);
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
