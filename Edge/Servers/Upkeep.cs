using System.Threading.Channels;
using MtSockets.Edge.Users;
using MtSockets.Infrastructure;
using MtSockets.Infrastructure.Leases;
using MtSockets.Infrastructure.Outbox;

namespace MtSockets.Edge.Servers;

/// <summary>What has to be done with each renewal of the lease, and at once when Redis or RabbitMQ came back.</summary>
internal sealed partial class Upkeep
{
    private readonly Channel<bool> _wake =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private readonly ServerDirectory _directory;
    private readonly UserRegistrar _registrar;
    private readonly DeadServerCleanup _cleanup;
    private readonly ServerOutboxes _outboxes;
    private readonly ILogger<Upkeep> _logger;
    private volatile bool _recovered;

    public Upkeep(
        IEnumerable<IRecoverable> dependencies,
        ServerDirectory directory,
        UserRegistrar registrar,
        DeadServerCleanup cleanup,
        ServerOutboxes outboxes,
        ILogger<Upkeep> logger)
    {
        (_directory, _registrar, _cleanup, _outboxes, _logger) = (directory, registrar, cleanup, outboxes, logger);
        foreach (var dependency in dependencies)
        {
            dependency.Restored += () =>
            {
                _recovered = true;
                _wake.Writer.TryWrite(true);
            };
        }
    }

    /// <summary>Waits until the time is over or something came back.</summary>
    public async Task WaitAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(time);
        try
        {
            await _wake.Reader.ReadAsync(bound.Token);
        }
        catch (OperationCanceledException)
        {
        }
    }

    public async Task RunAsync(bool reconcile, CancellationToken cancellationToken)
    {
        var recovered = _recovered;
        _recovered = false;
        try
        {
            await _directory.RefreshAsync(cancellationToken);
            if (reconcile || recovered || _registrar.IsBehind)
                await _registrar.ReconcileAsync(cancellationToken);
            await _cleanup.RunAsync(cancellationToken);
            _outboxes.Prune(server => _directory.Servers.GetValueOrDefault(server));
        }
        catch (DependencyUnavailableException)
        {
            // Redis went away in the middle: the next round does it all.
            _recovered |= recovered || reconcile;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            _recovered = true;
            Log.Failed(_logger, e);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1051, LogLevel.Error, "The upkeep failed in an unexpected way; the next round tries again")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
