using MassTransit;

namespace MtSockets.Infrastructure.Bus;

/// <summary>The consumers of a server, named by whoever puts the server together, since the bus does not know them.</summary>
/// <param name="Register">Registers the consumer types.</param>
/// <param name="ServerQueue">Puts those of this server's own queue onto it.</param>
/// <param name="CommandQueue">Puts those of the shared command queue onto it.</param>
internal sealed record BusEndpoints(
    Action<IBusRegistrationConfigurator> Register,
    Action<IBusRegistrationContext, IReceiveEndpointConfigurator> ServerQueue,
    Action<IBusRegistrationContext, IReceiveEndpointConfigurator> CommandQueue);
