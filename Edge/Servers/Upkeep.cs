using System.Threading.Channels;
using Microsoft.Extensions.Options;
using MtSockets.Edge.Users;
using MtSockets.Infrastructure;
using MtSockets.Infrastructure.Leases;
using MtSockets.Infrastructure.Outbox;

namespace MtSockets.Edge.Servers;

/// <summary>
/// What has to be done every few seconds, and at once when the lease is new or Redis or RabbitMQ came back. Apart from the
/// renewal of the lease, which must not wait for it.
/// </summary>
internal sealed partial class Upkeep : BackgroundService
{
    private readonly Channel<bool> _wake =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private readonly ServerDirectory _directory;
    private readonly UserRegistrar _registrar;
    private readonly DeadServerCleanup _cleanup;
    private readonly ServerOutboxes _outboxes;
    private readonly ILogger<Upkeep> _logger;
    private readonly TimeSpan _every;
    private volatile bool _mustReconcile;

    public Upkeep(
        IEnumerable<IRecoverable> dependencies,
        ServerDirectory directory,
        UserRegistrar registrar,
        DeadServerCleanup cleanup,
        ServerOutboxes outboxes,
        IOptions<LeaseOptions> options,
        ILogger<Upkeep> logger)
    {
        (_directory, _registrar, _cleanup, _outboxes, _logger) = (directory, registrar, cleanup, outboxes, logger);
        _every = options.Value.Renew;
        foreach (var dependency in dependencies)
            dependency.Restored += OnRestored;
    }

    /// <summary>Redis or RabbitMQ is back.</summary>
    public event Action? Recovered;

    /// <summary>The lease is new: other servers may have cleaned up after this one.</summary>
    public void Reconcile()
    {
        _mustReconcile = true;
        _wake.Writer.TryWrite(true);
    }

    private void OnRestored()
    {
        Recovered?.Invoke();
        Reconcile();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await RunAsync(stoppingToken);
            await WaitAsync(stoppingToken);
        }
    }

    private async Task WaitAsync(CancellationToken stoppingToken)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        bound.CancelAfter(_every);
        try
        {
            await _wake.Reader.ReadAsync(bound.Token);
        }
        catch (OperationCanceledException)
        {
            // The time is over, or the process ends.
        }
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        var reconcile = _mustReconcile;
        _mustReconcile = false;
        try
        {
            await _directory.RefreshAsync(cancellationToken);
            if (reconcile || _registrar.IsBehind)
                await _registrar.ReconcileAsync(cancellationToken);
            await _cleanup.RunAsync(cancellationToken);
            _outboxes.Prune(server => _directory.Servers.GetValueOrDefault(server));
        }
        catch (DependencyUnavailableException)
        {
            // Redis went away in the middle: the next round does it all.
            _mustReconcile |= reconcile;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            _mustReconcile = true;
            Log.Failed(_logger, e);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1051, LogLevel.Error, "The upkeep failed in an unexpected way; the next round tries again")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
