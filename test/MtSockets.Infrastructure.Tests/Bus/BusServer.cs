using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MtSockets.Contracts.Bus;
using MtSockets.Infrastructure.Bus;
using MtSockets.TestKit;

namespace MtSockets.Infrastructure.Tests.Bus;

/// <summary>The bus of one server, as production puts it together, with a consumer that writes down what comes.</summary>
internal sealed class BusServer : IAsyncDisposable
{
    private readonly IHost _host;
    private int _restored;

    private BusServer(string address, string serverId, bool embedded, int publishTimeoutMs)
    {
        Identity = ServerIdentity.Create(serverId);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.AddMetrics();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(Identity);
        builder.Services.AddSingleton(Received);
        builder.Services.AddSingleton(Options.Create(new BusOptions { Address = address, PublishTimeoutMs = publishTimeoutMs }));
        builder.Services.AddServerBus(embedded, new BusEndpoints(
            registration => registration.AddConsumer<RecordingConsumer>(),
            (context, endpoint) => endpoint.ConfigureConsumer<RecordingConsumer>(context),
            (_, _) => { }));
        _host = builder.Build();
        Bus = _host.Services.GetRequiredService<IServerBus>();
        _host.Services.GetRequiredService<IRecoverable>().Restored += () => Interlocked.Increment(ref _restored);
    }

    public ServerIdentity Identity { get; }

    public ReceivedMessages Received { get; } = new();

    public IServerBus Bus { get; }

    /// <summary>How often it said that it is back, the first time included.</summary>
    public int TimesRestored => Volatile.Read(ref _restored);

    /// <summary>Does not wait until RabbitMQ is there.</summary>
    public static async Task<BusServer> BeginAsync(string address, string? serverId = null, int publishTimeoutMs = 5000)
    {
        var server = new BusServer(address, serverId ?? NewId(), embedded: false, publishTimeoutMs);
        await server._host.StartAsync();
        return server;
    }

    public static async Task<BusServer> StartAsync(string address, string? serverId = null, int publishTimeoutMs = 5000)
    {
        var server = await BeginAsync(address, serverId, publishTimeoutMs);
        await server.UpAsync();
        return server;
    }

    public static async Task<BusServer> StartEmbeddedAsync()
    {
        var server = new BusServer("", NewId(), embedded: true, publishTimeoutMs: 5000);
        await server._host.StartAsync();
        await server.UpAsync();
        return server;
    }

    public Task UpAsync() => Eventually.TrueAsync(() => Bus.IsUp, "the server's queue stands", TimeSpan.FromMinutes(2));

    public Task StopAsync() => _host.StopAsync();

    public static string NewId() => "s-" + Guid.NewGuid().ToString("N")[..8];

    public ValueTask<PublishOutcome> PublishAsync(string routingKey, params ServerMessage[] messages) =>
        Bus.PublishAsync(routingKey, new DeliverToServer(Identity.ServerId, MessageBatch.Of(messages)), CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        if (_host is IAsyncDisposable host)
            await host.DisposeAsync();
    }
}
