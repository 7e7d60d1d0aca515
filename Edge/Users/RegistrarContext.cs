using Microsoft.Extensions.Options;
using MtSockets.Edge.Sockets;
using MtSockets.Infrastructure;
using MtSockets.Infrastructure.Events;

namespace MtSockets.Edge.Users;

/// <summary>What the registrar needs beside its partners.</summary>
internal sealed class RegistrarContext(
    ServerIdentity identity, EventPublisher events, IOptions<SocketOptions> sockets, TimeProvider time)
{
    public string ServerId => identity.ServerId;

    public EventPublisher Events => events;

    public IOptions<SocketOptions> Sockets => sockets;

    public TimeProvider Time => time;

    /// <summary>Users that are entered again at a time: enough to fill the pipeline, little enough to leave room for others.</summary>
    public const int ReconcileBatch = 200;
}
