using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using MtSockets.Edge.Settings;

namespace MtSockets.Edge.Hosting;

/// <summary>Says on the console where the server is and what to try, as soon as it can be tried.</summary>
internal sealed partial class Greeting(IServer server, EdgeSettings settings, ILogger<Greeting> logger) : IHostedLifecycleService
{
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        var bound = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault();
        var address = bound is null ? $"http://localhost:{settings.Port}" : bound.Replace("[::]", "localhost", StringComparison.Ordinal);
        if (settings.IsEmbedded)
            Log.Embedded(logger, settings.ServerId, address);
        else
            Log.Cluster(logger, settings.ServerId, address, settings.RedisAddress, settings.RabbitMqAddress);
        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(1071, LogLevel.Information,
            "MtSockets \"{ServerId}\" runs alone (embedded: nothing outlives the process). Open {Address}/ for two users side by side, or connect to {Address}/ws?user_id=alice")]
        public static partial void Embedded(ILogger logger, string serverId, string address);

        [LoggerMessage(1072, LogLevel.Information,
            "MtSockets \"{ServerId}\" listens on {Address} with Redis at {Redis} and RabbitMQ at {RabbitMq}. Try {Address}/ in a browser; {Address}/health/ready tells whether all is there")]
        public static partial void Cluster(ILogger logger, string serverId, string address, string redis, string rabbitMq);
    }
}
