using MtSockets.Cluster.Tests.Servers;
using MtSockets.TestKit.Brokers;

namespace MtSockets.Cluster.Tests.Outages;

/// <summary>The shared brokers behind networks of a test's own, which it can cut and stall without anybody else noticing.</summary>
public sealed class RelayedBrokers : IAsyncDisposable
{
    // Short, so that what cannot be delivered is known soon; an outage is no different for it.
    private static readonly (string Name, string? Value)[] ShortTimes = [("Redis__CallTimeoutMs", "500"), ("Bus__PublishTimeoutMs", "1000")];

    private RelayedBrokers(TcpRelay redis, TcpRelay rabbitMq) => (Redis, RabbitMq) = (redis, rabbitMq);

    public TcpRelay Redis { get; }

    public TcpRelay RabbitMq { get; }

    public static async Task<RelayedBrokers> StartAsync()
    {
        var redis = SharedBrokers.RedisAsync();
        var rabbitMq = SharedBrokers.RabbitMqAsync();
        return new RelayedBrokers(TcpRelay.Start((await redis).Address), TcpRelay.Start((await rabbitMq).Address));
    }

    /// <summary>Servers behind the networks, each ready.</summary>
    public Task<EdgeCluster> StartServersAsync(int servers) => EdgeCluster.StartAsync(Redis.Address, RabbitMq.Address, servers, ShortTimes);

    /// <summary>A server behind the networks that takes connections, whatever it misses.</summary>
    public Task<EdgeServer> LaunchServerAsync() =>
        EdgeServer.LaunchAsync(EdgeSetup.InCluster(EdgeSetup.Unique("server"), Redis.Address, RabbitMq.Address).With(ShortTimes));

    public async ValueTask DisposeAsync()
    {
        await Redis.DisposeAsync();
        await RabbitMq.DisposeAsync();
    }
}
