using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using MtSockets.Contracts.Bus;
using MtSockets.Contracts.Naming;
using RabbitMQ.Client;

namespace MtSockets.Infrastructure.Bus;

/// <summary>MassTransit over RabbitMQ, or over its in-memory transport for a server that stands alone.</summary>
internal static class BusServiceCollectionExtensions
{
    public static IServiceCollection AddServerBus(this IServiceCollection services, bool embedded, BusEndpoints endpoints)
    {
        services.AddSingleton<BusMetrics>();
        services.AddSingleton<BusState>();
        services.AddReceiveEndpointObserver(provider => provider.GetRequiredService<BusState>());
        services.AddSingleton<IRecoverable>(provider => provider.GetRequiredService<BusState>());
        services.AddSingleton<IServerBus, MassTransitServerBus>();
        services.AddSingleton<DeadLetterFilter>();
        services.AddSingleton<BrokerKnock>();
        // The host does not wait for RabbitMQ: it could not be stopped in order meanwhile. Nothing is published before BusState
        // has seen the queue stand, and what others sent before is read from the log then.
        // It stops after the drain, when nothing waits any more; without a bound of its own it would wait for a RabbitMQ that never answers.
        services.Configure<MassTransitHostOptions>(options =>
        {
            options.WaitUntilStarted = false;
            options.StopTimeout = TimeSpan.FromSeconds(3);
        });
        services.AddMassTransit(registration =>
        {
            registration.DisableUsageTelemetry();
            endpoints.Register(registration);
            if (embedded)
                registration.UsingInMemory((context, bus) => ConfigureEmbedded(context, bus, endpoints));
            else
                registration.UsingRabbitMq((context, bus) => ConfigureRabbitMq(context, bus, endpoints));
        });
        return services;
    }

    private static void ConfigureEmbedded(
        IBusRegistrationContext context, IInMemoryBusFactoryConfigurator bus, BusEndpoints endpoints)
    {
        var identity = context.GetRequiredService<ServerIdentity>();
        ConfigureJson(bus);
        bus.Message<DeliverToServer>(message => message.SetEntityName(BusNames.MessagesExchange));
        bus.Publish<DeliverToServer>(message => message.ExchangeType = MassTransit.Transports.Fabric.ExchangeType.Topic);

        bus.ReceiveEndpoint(BusNames.ServerQueue(identity.ServerId, identity.Incarnation), endpoint =>
        {
            endpoint.ConfigureConsumeTopology = false;
            endpoint.ConcurrentMessageLimit = 1;
            foreach (var key in new[] { BusNames.ServerKey(identity.ServerId), BusNames.BroadcastKey })
                endpoint.Bind(BusNames.MessagesExchange, MassTransit.Transports.Fabric.ExchangeType.Topic, key);
            endpoints.ServerQueue(context, endpoint);
        });
        bus.ReceiveEndpoint(BusNames.CommandQueue, endpoint => endpoints.CommandQueue(context, endpoint));
    }

    private static void ConfigureRabbitMq(
        IBusRegistrationContext context, IRabbitMqBusFactoryConfigurator bus, BusEndpoints endpoints)
    {
        var identity = context.GetRequiredService<ServerIdentity>();
        var options = context.GetRequiredService<IOptions<BusOptions>>().Value;
        var (host, port) = HostAndPort.Parse(options.Address, 5672);

        bus.Host(host, port, options.VirtualHost, "MtSockets " + identity.ServerId, settings =>
        {
            settings.Username(options.User);
            settings.Password(options.Password);
            settings.Heartbeat(TimeSpan.FromSeconds(10));
            settings.OnRefreshConnectionFactory = _ => context.GetRequiredService<BrokerKnock>().WaitAsync(host, port);
        });
        ConfigureJson(bus);
        ConfigureMessagesExchange<DeliverToServer>(bus);
        ConfigureMessagesExchange<PlainFrame>(bus);

        bus.ReceiveEndpoint(BusNames.ServerQueue(identity.ServerId, identity.Incarnation), endpoint =>
        {
            endpoint.Durable = false;
            endpoint.Exclusive = true;
            endpoint.AutoDelete = true;
            endpoint.ConfigureConsumeTopology = false;
            endpoint.PrefetchCount = options.Prefetch;
            // Above one the order would be lost.
            endpoint.ConcurrentMessageLimit = 1;
            endpoint.ConfigureChannel(channel => channel.UseFilter(new ServerQueueTopologyFilter(identity)));
            endpoint.AddDeserializer(new BatchDeserializerFactory());
            // The plain form comes without any header, even without a content type: one deserializer must take what is left over.
            endpoint.UseRawJsonDeserializer(RawSerializerOptions.AnyMessageType, isDefault: true);
            LeadFaultsToDeadLetterQueue(context, endpoint);
            endpoints.ServerQueue(context, endpoint);
        });
        bus.ReceiveEndpoint(BusNames.CommandQueue, endpoint =>
        {
            LeadFaultsToDeadLetterQueue(context, endpoint);
            endpoints.CommandQueue(context, endpoint);
        });
    }

    private static void ConfigureJson(IBusFactoryConfigurator bus) =>
        bus.ConfigureJsonSerializerOptions(options =>
        {
            options.WriteIndented = false;
            return options;
        });

    private static void ConfigureMessagesExchange<T>(IRabbitMqBusFactoryConfigurator bus)
        where T : class
    {
        bus.Message<T>(message => message.SetEntityName(BusNames.MessagesExchange));
        bus.Publish<T>(message =>
        {
            message.ExchangeType = ExchangeType.Topic;
            message.Durable = true;
            message.AutoDelete = false;
        });
    }

    private static void LeadFaultsToDeadLetterQueue(IBusRegistrationContext context, IReceiveEndpointConfigurator endpoint)
    {
        var filter = context.GetRequiredService<DeadLetterFilter>();
        endpoint.ConfigureError(pipe => pipe.UseFilter(filter));
        endpoint.ConfigureDeadLetter(pipe => pipe.UseFilter(filter));
    }
}
