using MassTransit;
using MassTransit.Testing;
using Microsoft.Extensions.DependencyInjection;
using MtSockets.Consumers.Commands;
using MtSockets.Consumers.Tests.Fakes;
using MtSockets.Contracts.Naming;

namespace MtSockets.Consumers.Tests;

/// <summary>The command queue in MassTransit's test harness, configured as in production, retries included.</summary>
public abstract class CommandHarness : IAsyncLifetime
{
    private readonly ServiceProvider _services;

    protected CommandHarness()
    {
        _services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<IUserCommands>(Commands)
            .AddMassTransitTestHarness(registration =>
            {
                registration.SetTestTimeouts(testTimeout: TimeSpan.FromSeconds(30), testInactivityTimeout: TimeSpan.FromSeconds(10));
                registration.AddConsumer<SendToUserConsumer>();
                registration.AddConsumer<BroadcastConsumer>();
                registration.AddConsumer<DisconnectUserConsumer>();
                registration.UsingInMemory((context, bus) =>
                    bus.ReceiveEndpoint(BusNames.CommandQueue, endpoint => Configure(context, endpoint)));
            })
            .BuildServiceProvider(validateScopes: true);
        Harness = _services.GetRequiredService<ITestHarness>();
    }

    protected ITestHarness Harness { get; }

    private protected FakeUserCommands Commands { get; } = new();

    public Task InitializeAsync() => Harness.Start();

    public async Task DisposeAsync() => await _services.DisposeAsync();

    private protected virtual void Configure(IBusRegistrationContext context, IReceiveEndpointConfigurator endpoint) =>
        ConsumerRegistration.CommandQueue(context, endpoint);
}
