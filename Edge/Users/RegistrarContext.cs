using Microsoft.Extensions.Options;
using MtSockets.Edge.Routing;
using MtSockets.Edge.Sockets;
using MtSockets.Infrastructure;
using MtSockets.Infrastructure.Events;

namespace MtSockets.Edge.Users;

/// <summary>What the registrar needs beside its partners.</summary>
internal sealed class RegistrarContext(
    ServerIdentity identity, EventPublisher events, IOptions<SocketOptions> sockets, RouteLeases leases, RoutingMetrics metrics, TimeProvider time)
{
    public string ServerId => identity.ServerId;

    public EventPublisher Events => events;

    public IOptions<SocketOptions> Sockets => sockets;

    /// <summary>The leases that this server holds.</summary>
    public RouteLeases Leases => leases;

    public RoutingMetrics Metrics => metrics;

    public TimeProvider Time => time;

    /// <summary>Users that are entered again at a time: enough to fill the pipeline, little enough to leave room for others.</summary>
    public const int ReconcileBatch = 200;
}
