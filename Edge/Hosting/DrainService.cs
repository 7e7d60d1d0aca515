using Microsoft.Extensions.Options;
using MtSockets.Edge.Protocol;
using MtSockets.Edge.Servers;
using MtSockets.Edge.Sockets;
using MtSockets.Edge.Users;
using MtSockets.Infrastructure;
using MtSockets.Infrastructure.Outbox;

namespace MtSockets.Edge.Hosting;

/// <summary>
/// The leave of a server: not ready, no new sockets, the open ones closed in a spread, what waits in the outboxes sent,
/// the lease given back. It runs before any other service is stopped.
/// </summary>
internal sealed partial class DrainService(
    DrainState state,
    SocketTable table,
    ServerOutboxes outboxes,
    Confirmations confirmations,
    LeaseKeeper lease,
    IOptions<DrainOptions> options,
    ILogger<DrainService> logger) : IHostedLifecycleService
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        state.Begin();
        Log.Draining(logger, table.ConnectionCount);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(options.Value.TimeoutMs);
        try
        {
            await CloseSocketsAsync(bound.Token);
            while (!outboxes.IsIdle)
                await Task.Delay(Step, bound.Token);
            await confirmations.FlushAsync(bound.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or DependencyUnavailableException)
        {
            Log.Incomplete(logger, table.ConnectionCount);
        }

        await lease.LeaveAsync();
        Log.Drained(logger);
        state.End();
    }

    private async Task CloseSocketsAsync(CancellationToken cancellationToken)
    {
        var connections = table.Connections.ToArray();
        Random.Shared.Shuffle(connections);
        var steps = Math.Max(1, (int)(TimeSpan.FromMilliseconds(options.Value.SpreadMs) / Step));
        var perStep = Math.Max(1, (int)Math.Ceiling(connections.Length / (double)steps));
        var chunks = connections.Chunk(perStep).ToArray();

        // First everybody is told his own moment, then each moment comes.
        for (var i = 0; i < chunks.Length; i++)
        {
            foreach (var connection in chunks[i])
                connection.SendControl(ControlFrames.Drain((int)(i * Step.TotalMilliseconds)));
        }

        foreach (var chunk in chunks)
        {
            await Task.Delay(Step, cancellationToken);
            foreach (var connection in chunk)
                connection.Close(CloseReason.Restart);
        }

        // Who got through the door in the last moment; and until the registry knows that all have left.
        while (!table.IsEmpty)
        {
            foreach (var connection in table.Connections)
                connection.Close(CloseReason.Restart);
            await Task.Delay(Step, cancellationToken);
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(1031, LogLevel.Information, "Shutting down: closing {Connections} connections")]
        public static partial void Draining(ILogger logger, int connections);

        [LoggerMessage(1032, LogLevel.Warning, "The shutdown ran out of time; {Connections} connections are cut")]
        public static partial void Incomplete(ILogger logger, int connections);

        [LoggerMessage(1033, LogLevel.Information, "Everybody has left")]
        public static partial void Drained(ILogger logger);
    }
}
