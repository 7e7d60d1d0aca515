using MtSockets.Fault.Tests.Load;
using MtSockets.Fault.Tests.Servers;
using MtSockets.TestKit.Brokers;
using Xunit.Abstractions;

namespace MtSockets.Fault.Tests.Faults;

/// <summary>The network between one server and a broker: cut (connections end) and stalled (they stay, and nothing passes).</summary>
[Collection(FaultCollection.Name)]
public sealed class NetworkTests(FaultCluster cluster, ITestOutputHelper output)
{
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(FaultMode.IsLong ? 20 : 5);

    [Fact]
    public Task NetworkToRedis_Cut_LosesNothing() => RunAsync("redis-cut", cluster.RedisRelay, relay => relay.Cut());

    [Fact]
    public Task NetworkToRedis_Stalled_LosesNothing() => RunAsync("redis-stalled", cluster.RedisRelay, relay => relay.Stall());

    [Fact]
    public Task NetworkToRabbitMq_Cut_LosesNothing() => RunAsync("rabbitmq-cut", cluster.RabbitMqRelay, relay => relay.Cut());

    [Fact]
    public Task NetworkToRabbitMq_Stalled_LosesNothing() => RunAsync("rabbitmq-stalled", cluster.RabbitMqRelay, relay => relay.Stall());

    private async Task RunAsync(string name, TcpRelay relay, Action<TcpRelay> breakIt)
    {
        await using var load = await FaultLoad.StartAsync(cluster, name);
        try
        {
            load.Broken();
            breakIt(relay);
            await Task.Delay(Outage);
        }
        finally
        {
            relay.Restore();
            load.Repaired();
        }

        await load.FlowAsync();
        await cluster.ReadyAsync();
        FaultAssert.NothingLost(await load.EndAsync(), output);
    }
}
