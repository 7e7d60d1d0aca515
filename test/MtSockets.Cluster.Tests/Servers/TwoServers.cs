using Xunit;

namespace MtSockets.Cluster.Tests.Servers;

/// <summary>Two servers on the shared brokers for all tests of one class, which keep apart by their users' names.</summary>
public sealed class TwoServers : IAsyncLifetime
{
    public EdgeCluster Cluster { get; private set; } = null!;

    public async Task InitializeAsync() => Cluster = await EdgeCluster.StartAsync(2);

    public async Task DisposeAsync() => await Cluster.DisposeAsync();
}
