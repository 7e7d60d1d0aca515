using MassTransit;
using MtSockets.Consumers.Commands;
using MtSockets.Consumers.Messages;

namespace MtSockets.Consumers;

/// <summary>Which consumers there are and on which queue each listens.</summary>
internal static class ConsumerRegistration
{
    public static void Register(IBusRegistrationConfigurator registration)
    {
        registration.AddConsumer<DeliverToServerConsumer>();
        registration.AddConsumer<SendToUserConsumer>();
        registration.AddConsumer<BroadcastConsumer>();
        registration.AddConsumer<DisconnectUserConsumer>();
    }

    /// <summary>This server's own queue. No retry: a batch that failed in the middle must not be delivered twice.</summary>
    public static void ServerQueue(IBusRegistrationContext context, IReceiveEndpointConfigurator endpoint) =>
        endpoint.ConfigureConsumer<DeliverToServerConsumer>(context);

    /// <summary>The queue on which all servers compete for commands.</summary>
    public static void CommandQueue(IBusRegistrationContext context, IReceiveEndpointConfigurator endpoint)
    {
        // Long enough to outlast the restart of a Redis or a RabbitMQ; after it the dead-letter queue keeps the command.
        endpoint.UseMessageRetry(retry =>
        {
            retry.Exponential(10, TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(400));
            retry.Handle<CommandFailedException>();
        });
        endpoint.ConfigureConsumer<SendToUserConsumer>(context);
        endpoint.ConfigureConsumer<BroadcastConsumer>(context);
        endpoint.ConfigureConsumer<DisconnectUserConsumer>(context);
    }
}
