using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using MtSockets.Edge.Delivery;
using MtSockets.Edge.Hosting;
using MtSockets.Edge.Protocol;
using MtSockets.Edge.Routing;
using MtSockets.Edge.Settings;
using MtSockets.Edge.Sockets;
using MtSockets.Edge.Users;
using MtSockets.Infrastructure.Inbox;
using MtSockets.Infrastructure.Leases;
using MtSockets.Infrastructure.Registry;

namespace MtSockets.Edge.Tests.Fakes;

/// <summary>
/// One server as the program puts it together, but without Kestrel, and in a <see cref="World"/> instead of on Redis and
/// RabbitMQ. Of the background services only those run that a test starts.
/// </summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly List<IHostedService> _started = [];

    public TestServer(World world, string id = "edge-1", params (string Key, string Value)[] settings)
    {
        World = world;
        Id = id;
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)))
            .AddInMemoryCollection([KeyValuePair.Create("SERVER_ID", (string?)id)])
            .Build();

        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddLogging();
        services.AddMetrics();
        services.AddMtSockets(EdgeSettings.Read(configuration, isDevelopment: true));
        services.Replace(ServiceDescriptor.Singleton<TimeProvider>(world.Time));
        services.Replace(ServiceDescriptor.Singleton(world.Network.BusOf()));
        services.Replace(ServiceDescriptor.Singleton<IServerLeases>(world.Leases));
        services.Replace(ServiceDescriptor.Singleton<IInbox>(world.Inbox));
        services.AddSingleton(world);
        services.AddSingleton<FlakyRegistry>();
        services.Replace(ServiceDescriptor.Singleton<IUserRegistry>(provider => provider.GetRequiredService<FlakyRegistry>()));
        services.Replace(ServiceDescriptor.Singleton((IBus)(object)Events));
        _services = services.BuildServiceProvider();

        // Names who takes what the outboxes give back.
        Strays = Get<Strays>();
        world.Leases.Servers[id] = true;
        world.Network.Join(this);
    }

    public World World { get; }

    public string Id { get; }

    public RecordedEvents Events { get; } = RecordedEvents.Create();

    public Strays Strays { get; }

    public SocketTable Table => Get<SocketTable>();

    public Router Router => Get<Router>();

    public UserRegistrar Registrar => Get<UserRegistrar>();

    public ServerDelivery Delivery => (ServerDelivery)Get<Consumers.Messages.IServerDelivery>();

    public FlakyRegistry Registry => Get<FlakyRegistry>();

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    /// <summary>Starts one background service; it ends with the server.</summary>
    public async Task<TestServer> RunAsync<T>()
        where T : IHostedService
    {
        var service = _services.GetService<T>() ?? ActivatorUtilities.CreateInstance<T>(_services);
        await service.StartAsync(CancellationToken.None);
        _started.Add(service);
        return this;
    }

    /// <summary>A device of a user, connected to this server.</summary>
    public Task<Device> ConnectAsync(string user, Dialect dialect = Dialect.Plain, long? lastSeq = null) =>
        Device.ConnectAsync(this, user, dialect, lastSeq);

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _started)
            await service.StopAsync(CancellationToken.None);
        await _services.DisposeAsync();
    }
}
