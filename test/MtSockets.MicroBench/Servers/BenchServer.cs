using MassTransit;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MtSockets.Edge.Delivery;
using MtSockets.Edge.Hosting;
using MtSockets.Edge.Protocol;
using MtSockets.Edge.Settings;
using MtSockets.Edge.Sockets;
using MtSockets.Edge.Tests.Fakes;
using MtSockets.Infrastructure.Bus;
using MtSockets.Infrastructure.Leases;
using MtSockets.Infrastructure.Registry;

namespace MtSockets.MicroBench.Servers;

/// <summary>
/// One server as the program puts it together in embedded mode, but without Kestrel, and beside a second server that only the
/// registry and the leases know. It ends with the process, as every benchmark has one of its own.
/// </summary>
internal sealed class BenchServer
{
    private const string Id = "edge-1";
    private const string OtherId = "edge-2";

    private readonly ServiceProvider _services;

    public BenchServer()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create("SERVER_ID", (string?)Id)]).Build();
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddLogging();
        services.AddMetrics();
        services.AddMtSockets(EdgeSettings.Read(configuration, isDevelopment: true));
        services.Replace(ServiceDescriptor.Singleton<IServerBus>(Bus));
        services.Replace(ServiceDescriptor.Singleton<IServerLeases>(new FakeLeases { Servers = { [Id] = true, [OtherId] = true } }));
        services.Replace(ServiceDescriptor.Singleton((IBus)(object)RecordedEvents.Create()));
        _services = services.BuildServiceProvider();

        // Names who takes what the outboxes give back.
        Get<Strays>();
    }

    public ConfirmingBus Bus { get; } = new();

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    /// <summary>A connection of a user of this server, past the reading of his log.</summary>
    public async Task<Connection> ConnectAsync(string user, Dialect dialect)
    {
        var connection = Get<ConnectionFactory>().Create(user, dialect, lastSeq: null);
        var local = Get<SocketTable>().Add(connection);
        connection.Session.Start();

        // What comes while the log is read for the first time is held back: one frame passes before anything is measured.
        local.TryDeliver(new MessageFrame("{}"u8));
        for (var arrived = false; !arrived;)
        {
            await connection.Queue.WaitAsync();
            connection.Queue.TryTake(out var chunk);
            arrived = chunk.Memory.Span.EndsWith("{}"u8);
            connection.Queue.Written(chunk);
        }

        return connection;
    }

    /// <summary>The registry has the other server for this user.</summary>
    public void EnterElsewhere(string user)
    {
        var state = Get<EmbeddedRegistryState>();
        lock (state)
            state.Enter(user, OtherId);
    }
}
