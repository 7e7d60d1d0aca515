using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using MtSockets.Edge.Hosting;
using MtSockets.TestKit;
using MtSockets.TestKit.Sockets;

namespace MtSockets.Cluster.Tests.Servers;

/// <summary>One Edge server in this process, with its own Kestrel on a free port.</summary>
public sealed class EdgeServer : IAsyncDisposable
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false, PooledConnectionLifetime = TimeSpan.Zero });

    private readonly WebApplication _app;
    private readonly Task _starting;
    private bool _stopped;

    private EdgeServer(WebApplication app, string id)
    {
        _app = app;
        Id = id;
        _starting = app.StartAsync();
    }

    public string Id { get; }

    public Uri Address { get; private set; } = null!;

    public IServiceProvider Services => _app.Services;

    /// <summary>Starts a server and waits until it is ready, Redis, RabbitMQ and lease included.</summary>
    public static async Task<EdgeServer> StartAsync(Dictionary<string, string?> setup)
    {
        var server = await LaunchAsync(setup);
        try
        {
            await server.ReadyAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a server and waits only until it takes connections: for tests in which a broker is away.</summary>
    public static async Task<EdgeServer> LaunchAsync(Dictionary<string, string?> setup, string environment = "Production")
    {
        var app = EdgeApplication.Create(["--environment", environment], builder =>
            builder.Configuration.AddInMemoryCollection(Sections(setup).Append(new("Logging:LogLevel:Default", Environment.GetEnvironmentVariable("MTSOCKETS_TEST_LOG") ?? "None"))));
        var server = new EdgeServer(app, setup.GetValueOrDefault("SERVER_ID") ?? Environment.MachineName);
        await Eventually.TrueAsync(() => server._starting.IsFaulted || server.BoundPort() != 0, "Kestrel listens");
        if (server._starting.IsFaulted)
            await server._starting;
        server.Address = new Uri($"http://127.0.0.1:{server.BoundPort()}");
        return server;
    }

    public Task ReadyAsync(TimeSpan? within = null) =>
        Eventually.ValueAsync(MissingAsync, missing => missing.Length == 0, $"{Id} is ready", within ?? TimeSpan.FromSeconds(30));

    /// <summary>What <c>/health/ready</c> names as missing, joined; empty when it is ready.</summary>
    public async Task<string> MissingAsync()
    {
        using var answer = await GetAsync("/health/ready");
        var body = JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync());
        var missing = string.Join(',', body.GetProperty("missing").EnumerateArray().Select(item => item.GetString()));
        var expected = missing.Length == 0 ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable;
        return answer.StatusCode == expected ? missing : throw new InvalidOperationException($"{answer.StatusCode} with missing \"{missing}\"");
    }

    public Task<HttpResponseMessage> GetAsync(string path) => Http.GetAsync(new Uri(Address, path));

    public Task<TestClient> ConnectAsync(string user) => TestClient.ConnectAsync(Address, user);

    public T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    /// <summary>Shuts down as SIGTERM does.</summary>
    public async Task StopAsync()
    {
        if (_stopped)
            return;
        _stopped = true;
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await _app.StopAsync(bound.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _app.DisposeAsync();
        await _starting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private int BoundPort() =>
        _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() is { } address
            ? new Uri(address.Replace("[::]", "localhost", StringComparison.Ordinal)).Port
            : 0;

    // As variables of the environment are read: two underscores part a section from its key.
    private static IEnumerable<KeyValuePair<string, string?>> Sections(Dictionary<string, string?> setup) =>
        setup.Select(entry => KeyValuePair.Create(entry.Key.Replace("__", ":", StringComparison.Ordinal), entry.Value));
}
