using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using MtSockets.Edge.Health;
using MtSockets.Edge.Settings;
using MtSockets.Edge.Sockets;
using MtSockets.Edge.Transport;

namespace MtSockets.Edge.Hosting;

/// <summary>Puts one server together. Tests make several of them in one process.</summary>
internal static class EdgeApplication
{
    /// <exception cref="SettingsException">The configuration cannot be used.</exception>
    public static WebApplication Create(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = args,
            ApplicationName = typeof(EdgeApplication).Assembly.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory,
        });
        configure?.Invoke(builder);

        var settings = EdgeSettings.Read(builder.Configuration, builder.Environment.IsDevelopment());
        builder.Services.AddSingleton(settings);
        builder.Services.AddMtSockets(settings);
        builder.Services.AddHostedService<Greeting>();
        ConfigureHost(builder, settings);

        var app = builder.Build();
        OptionsValidation.Check(app.Services);
        app.UseDefaultFiles();
        app.UseStaticFiles();
        // Not Map: that would keep one more object for each connection, for as long as it lives.
        app.MapWhen(static context => context.Request.Path.StartsWithSegments("/ws"), MapSockets);
        app.MapHealth();
        return app;
    }

    private static void MapSockets(IApplicationBuilder sockets)
    {
        var time = sockets.ApplicationServices.GetRequiredService<TimeProvider>();
        var endpoint = sockets.ApplicationServices.GetRequiredService<WebSocketEndpoint>();
        // Before UseWebSockets, which takes the upgrade feature that it finds.
        sockets.Use((context, next) =>
        {
            if (context.Features.Get<IHttpUpgradeFeature>() is { } upgrade)
                context.Features.Set<IHttpUpgradeFeature>(new SocketUpgradeFeature(upgrade, time));
            return next(context);
        });
        sockets.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.Zero });
        sockets.Run(endpoint.HandleAsync);
    }

    private static void ConfigureHost(WebApplicationBuilder builder, EdgeSettings settings)
    {
        // Nothing of ours blocks, so a read may go on where its socket became ready, and a write where it was made.
        builder.WebHost.UseSockets(sockets => sockets.UnsafePreferInlineScheduling = true);
        // The last one is asked first.
        builder.Services.AddSingleton<IConnectionListenerFactory, LoopTransport>();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ListenAnyIP(settings.Port, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.AddServerHeader = false;
        });
        // Redis and RabbitMQ may be away when the process starts: the sockets do not wait for them.
        builder.Services.Configure<HostOptions>(host => host.ServicesStartConcurrently = true);
        builder.Services.AddOptions<HostOptions>().Configure<IOptions<DrainOptions>>(
            (host, drain) => host.ShutdownTimeout = TimeSpan.FromMilliseconds(drain.Value.TimeoutMs) + TimeSpan.FromSeconds(5));
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss ";
            console.UseUtcTimestamp = true;
        });
        // Each returned batch and each lost connection would be an error with its stack there; our own lines say it once.
        builder.Logging.AddFilter("MassTransit", LogLevel.Critical);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        // Else each connection keeps a log scope and an activity for as long as it lives.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        builder.Logging.AddFilter("Polly", LogLevel.Critical);
        // What fails at the start reaches Program, which says it.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
    }
}
