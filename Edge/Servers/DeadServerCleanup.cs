using MtSockets.Infrastructure;
using MtSockets.Infrastructure.Leases;
using MtSockets.Infrastructure.Registry;

namespace MtSockets.Edge.Servers;

/// <summary>
/// Removes from the registry what a dead server left behind: once, by one server, in bounded batches. While all servers
/// live it costs nothing beyond the list of servers that is there anyway.
/// </summary>
internal sealed partial class DeadServerCleanup(
    IServerLeases leases,
    IUserRegistry registry,
    ServerDirectory directory,
    ServerIdentity identity,
    TimeProvider time,
    ILogger<DeadServerCleanup> logger)
{
    private const int Batch = 500;

    // Shorter than the clean-up key lives, so that it is never held by nobody; what is left is the next round's.
    private static readonly TimeSpan MaxTurn = TimeSpan.FromSeconds(10);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (var (server, isAlive) in directory.Servers)
        {
            if (!isAlive && server != identity.ServerId && await leases.TryBeginCleanupAsync(server, cancellationToken))
                await CleanUpAsync(server, cancellationToken);
        }
    }

    private async Task CleanUpAsync(string server, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        var removed = 0;
        var done = false;
        while (!done && time.GetElapsedTime(begun) < MaxTurn)
        {
            var users = await registry.UsersOfAsync(server, Batch, cancellationToken);
            await registry.RemoveAsync(server, users, cancellationToken);
            removed += users.Count;
            done = users.Count == 0;
        }

        await leases.EndCleanupAsync(server, forget: done, cancellationToken);
        Log.CleanedUp(logger, server, removed);
    }

    private static partial class Log
    {
        [LoggerMessage(1061, LogLevel.Warning, "The server {Server} is dead; {Users} of its users were removed from the registry")]
        public static partial void CleanedUp(ILogger logger, string server, int users);
    }
}
