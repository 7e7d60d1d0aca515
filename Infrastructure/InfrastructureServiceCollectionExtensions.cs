using Microsoft.Extensions.DependencyInjection;
using MtSockets.Infrastructure.Bus;
using MtSockets.Infrastructure.Events;
using MtSockets.Infrastructure.Inbox;
using MtSockets.Infrastructure.Leases;
using MtSockets.Infrastructure.Outbox;
using MtSockets.Infrastructure.Redis;
using MtSockets.Infrastructure.Registry;

namespace MtSockets.Infrastructure;

/// <summary>What a server stands on: Redis and RabbitMQ, or their embedded counterparts.</summary>
internal static class InfrastructureServiceCollectionExtensions
{
    public static IServiceCollection AddMtSocketsInfrastructure(
        this IServiceCollection services, string serverId, bool embedded, BusEndpoints endpoints)
    {
        services.AddSingleton(ServerIdentity.Create(serverId));
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<ServerDirectory>();
        services.AddSingleton<RegistryLookups>();
        services.AddSingleton<ServerOutboxes>();
        services.AddSingleton<EventPublisher>();
        services.AddHostedService(provider => provider.GetRequiredService<EventPublisher>());
        services.AddServerBus(embedded, endpoints);
        return embedded ? services.AddEmbeddedStores() : services.AddRedisStores();
    }

    private static IServiceCollection AddEmbeddedStores(this IServiceCollection services)
    {
        services.AddSingleton<EmbeddedRegistryState>();
        services.AddSingleton<IUserRegistry, EmbeddedUserRegistry>();
        services.AddSingleton<IInbox, EmbeddedInbox>();
        services.AddSingleton<IServerLeases, EmbeddedServerLeases>();
        return services;
    }

    private static IServiceCollection AddRedisStores(this IServiceCollection services)
    {
        services.AddSingleton<RedisConnection>();
        services.AddHostedService(provider => provider.GetRequiredService<RedisConnection>());
        services.AddSingleton<IRecoverable>(provider => provider.GetRequiredService<RedisConnection>());
        services.AddSingleton<IUserRegistry, RedisUserRegistry>();
        services.AddSingleton<IInbox, RedisInbox>();
        services.AddSingleton<IServerLeases, RedisServerLeases>();
        return services;
    }
}
