using Microsoft.Extensions.Options;
using MtSockets.Edge.Protocol;
using MtSockets.Edge.Sockets;
using MtSockets.Infrastructure;
using MtSockets.Infrastructure.Inbox;

namespace MtSockets.Edge.Users;

/// <summary>
/// Finds what was appended to a log but never came over the bus: the server that appended it died before it published, or
/// RabbitMQ is away. Only for users with an acknowledging session here, in batches. And it has every session try again that
/// could not read its log.
/// </summary>
internal sealed class InboxCheck(SocketTable table, IInbox inbox, IOptions<InboxOptions> options, TimeProvider time) : BackgroundService
{
    private const int Batch = 500;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(options.Value.CheckMs), time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            foreach (var connection in table.Connections.Where(connection => connection.Session.IsUnread))
                connection.Session.Poke();
            try
            {
                foreach (var users in table.Users.Where(IsAcknowledging).Chunk(Batch))
                    await CheckAsync(users, stoppingToken);
            }
            catch (DependencyUnavailableException)
            {
                // Whoever sees Redis come back has every session read its log.
            }
        }
    }

    private async Task CheckAsync(LocalUser[] users, CancellationToken cancellationToken)
    {
        var last = await inbox.LastAsync(Array.ConvertAll(users, user => user.Id), cancellationToken);
        for (var i = 0; i < users.Length; i++)
        {
            foreach (var connection in users[i].Connections)
            {
                // A smaller number is news as well: Redis has lost its memory and counts anew.
                if (connection.Session.Cursor != last[i])
                    connection.Session.Poke();
            }
        }
    }

    private static bool IsAcknowledging(LocalUser user) =>
        Array.Exists(user.Connections, connection => connection.Dialect == Dialect.V1);
}
