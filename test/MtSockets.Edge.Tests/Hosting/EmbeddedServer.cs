using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MtSockets.Edge.Hosting;

namespace MtSockets.Edge.Tests.Hosting;

/// <summary>The whole program as <c>dotnet run</c> starts it, with nothing beside it, on a port that the system chooses.</summary>
public sealed class EmbeddedServer : IAsyncLifetime
{
    private WebApplication? _application;

    /// <summary>Where it listens.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1");

    public async Task InitializeAsync()
    {
        _application = EdgeApplication.Create(
            ["--environment=Development", "--PORT=0", "--SERVER_ID=embedded", "--Drain:SpreadMs=0"],
            builder => builder.Logging.ClearProviders());
        await _application.StartAsync();
        var bound = _application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        Address = new Uri($"http://127.0.0.1:{new Uri(bound).Port}");
    }

    public async Task DisposeAsync()
    {
        if (_application is not null)
        {
            await _application.StopAsync();
            await _application.DisposeAsync();
        }
    }
}
