using Microsoft.Extensions.ObjectPool;
using MtSockets.Consumers;
using MtSockets.Consumers.Commands;
using MtSockets.Consumers.Messages;
using MtSockets.Edge.Delivery;
using MtSockets.Edge.Health;
using MtSockets.Edge.Routing;
using MtSockets.Edge.Servers;
using MtSockets.Edge.Settings;
using MtSockets.Edge.Sockets;
using MtSockets.Edge.Users;
using MtSockets.Infrastructure;
using MtSockets.Infrastructure.Bus;
using MtSockets.Infrastructure.Events;
using MtSockets.Infrastructure.Inbox;
using MtSockets.Infrastructure.Leases;
using MtSockets.Infrastructure.Outbox;
using MtSockets.Infrastructure.Redis;

namespace MtSockets.Edge.Hosting;

/// <summary>The server as a list of its capabilities.</summary>
internal static class EdgeServiceCollectionExtensions
{
    public static IServiceCollection AddMtSockets(this IServiceCollection services, EdgeSettings settings)
    {
        services.AddOptionsOf(settings);
        services.AddMtSocketsInfrastructure(
            settings.ServerId,
            settings.IsEmbedded,
            new BusEndpoints(ConsumerRegistration.Register, ConsumerRegistration.ServerQueue, ConsumerRegistration.CommandQueue));

        services.AddSockets();
        services.AddMessageRouting();
        services.AddServers();
        services.AddSingleton<ServerHealth>();
        return services;
    }

    private static void AddOptionsOf(this IServiceCollection services, EdgeSettings settings)
    {
        services.AddCheckedOptions<SocketOptions>(SocketOptions.Section)
            .Validate(sockets => sockets.SendQueueBytes >= 4 * sockets.MaxFrameBytes, "Sockets__SendQueueBytes must be at least four times Sockets__MaxFrameBytes.");
        services.AddCheckedOptions<RoutingOptions>(RoutingOptions.Section);
        services.AddCheckedOptions<MessageOptions>(MessageOptions.Section);
        services.AddCheckedOptions<DrainOptions>(DrainOptions.Section);
        services.AddCheckedOptions<InboxOptions>(InboxOptions.Section);
        services.AddCheckedOptions<OutboxOptions>(OutboxOptions.Section);
        services.AddCheckedOptions<EventOptions>(EventOptions.Section);
        services.AddCheckedOptions<LeaseOptions>(LeaseOptions.Section)
            .Validate(lease => lease.RenewMs < lease.DurationMs / 2, "Lease__RenewMs must be less than half of Lease__DurationMs.");
        services.AddCheckedOptions<RedisOptions>(RedisOptions.Section).Configure(redis =>
        {
            redis.Address = settings.RedisAddress;
            redis.Password = settings.RedisPassword;
        });
        services.AddCheckedOptions<BusOptions>(BusOptions.Section).Configure(bus =>
        {
            bus.Address = settings.RabbitMqAddress;
            bus.User = settings.RabbitMqUser;
            bus.Password = settings.RabbitMqPassword;
            bus.VirtualHost = settings.RabbitMqVirtualHost;
        });
    }

    private static void AddSockets(this IServiceCollection services)
    {
        services.AddSingleton<SocketTable>();
        services.AddSingleton<SocketMetrics>();
        services.AddSingleton<ConnectionContext>();
        services.AddSingleton<ConnectionFactory>();
        services.AddSingleton<ConnectionLifetime>();
        services.AddSingleton<ConnectionEvents>();
        services.AddSingleton<WebSocketEndpoint>();
        services.AddSingleton<InboundContext>();
        services.AddSingleton<ObjectPool<InboundFrames>>(
            provider => new DefaultObjectPool<InboundFrames>(new InboundFramesPolicy(provider.GetRequiredService<InboundContext>())));
        services.AddHostedService<KeepAlive>();
        services.AddSingleton<ReceiptSender>();
        services.AddSingleton<Confirmations>();
        services.AddHostedService(provider => provider.GetRequiredService<Confirmations>());
        services.AddHostedService<InboxCheck>();
    }

    private static void AddMessageRouting(this IServiceCollection services)
    {
        services.AddSingleton<RoutingMetrics>();
        services.AddSingleton<EphemeralTypes>();
        services.AddSingleton<RouteLeases>();
        services.AddSingleton<RouteResolver>();
        services.AddSingleton<InboxStore>();
        services.AddSingleton<Router>();
        services.AddSingleton<LogRouter>();
        services.AddSingleton<Strays>();
        services.AddHostedService(provider => provider.GetRequiredService<Strays>());
        services.AddSingleton<IServerDelivery, ServerDelivery>();
        services.AddSingleton<IUserCommands, UserCommands>();
    }

    private static void AddServers(this IServiceCollection services)
    {
        services.AddSingleton<PeerNotices>();
        services.AddSingleton<RegistrarContext>();
        services.AddSingleton<UserRegistrar>();
        services.AddSingleton<DeadServerCleanup>();
        services.AddSingleton<Upkeep>();
        services.AddHostedService(provider => provider.GetRequiredService<Upkeep>());
        services.AddSingleton<LeaseKeeper>();
        services.AddHostedService(provider => provider.GetRequiredService<LeaseKeeper>());
        services.AddSingleton<DrainState>();
        services.AddHostedService<DrainService>();
    }
}
