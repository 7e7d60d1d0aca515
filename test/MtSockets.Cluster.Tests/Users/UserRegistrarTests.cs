using Microsoft.Extensions.Logging.Abstractions;
using MtSockets.Cluster.Tests.Servers;
using MtSockets.Edge.Protocol;
using MtSockets.Edge.Sockets;
using MtSockets.Edge.Users;
using MtSockets.Infrastructure.Leases;
using MtSockets.Infrastructure.Registry;
using MtSockets.TestKit;
using Xunit;

namespace MtSockets.Cluster.Tests.Users;

/// <summary>What two servers learn of each other while one of them still waits for the registry's answer.</summary>
public sealed class UserRegistrarTests(TwoServers servers) : IClassFixture<TwoServers>
{
    private readonly EdgeCluster _cluster = servers.Cluster;

    [Fact]
    public async Task EnterAsync_OtherServerArrivesBeforeTheRegistryHasAnswered_IsNotForgotten()
    {
        var alice = await _cluster.ConnectAsync(0, EdgeSetup.Unique("alice"));
        var (registrar, registry) = Registrar();
        var (user, connection) = AddConnection(EdgeSetup.Unique("bob"));
        var entering = registrar.EnterAsync(user, CancellationToken.None);
        await registry.Registered;

        // Server 1 finds him entered for server 0 and tells it that he is there too.
        var tablet = await _cluster.ConnectAsync(1, user.Id);
        Assert.Contains(_cluster[1].Id, user.OtherServers);
        registry.Release();
        await entering;

        Assert.Contains(_cluster[1].Id, user.OtherServers);
        await alice.SendAsync(user.Id, "to both");
        Assert.Contains("to both", await tablet.ReceiveAsync(), StringComparison.Ordinal);
        await RemoveAsync(user, connection);
    }

    [Fact]
    public async Task EnterAsync_OtherServerDepartsBeforeTheRegistryHasAnswered_IsForgotten()
    {
        var (registrar, registry) = Registrar();
        var (user, connection) = AddConnection(EdgeSetup.Unique("bob"));
        var tablet = await _cluster.ConnectAsync(1, user.Id);
        var entering = registrar.EnterAsync(user, CancellationToken.None);
        await registry.Registered;

        await tablet.CloseAsync();
        await Eventually.TrueAsync(() => !_cluster[1].Get<SocketTable>().TryGet(user.Id, out _), "he has left server 1");
        registry.Release();
        await entering;

        await Eventually.TrueAsync(() => user.OtherServers.Length == 0, "server 1 has told that he is not there");
        await RemoveAsync(user, connection);
    }

    private (UserRegistrar Registrar, HeldRegistry Registry) Registrar()
    {
        var server = _cluster[0];
        var registry = new HeldRegistry(server.Get<IUserRegistry>());
        var registrar = new UserRegistrar(
            server.Get<SocketTable>(), registry, server.Get<ServerDirectory>(), server.Get<PeerNotices>(), server.Get<RegistrarContext>(), NullLogger<UserRegistrar>.Instance);
        return (registrar, registry);
    }

    private (LocalUser User, Connection Connection) AddConnection(string userId)
    {
        var connection = _cluster[0].Get<ConnectionFactory>().Create(userId, Dialect.Plain, null);
        return (_cluster[0].Get<SocketTable>().Add(connection), connection);
    }

    private async Task RemoveAsync(LocalUser user, Connection connection)
    {
        _cluster[0].Get<SocketTable>().Remove(user, connection);
        await connection.Session.DisposeAsync();
        await _cluster[0].Get<UserRegistrar>().LeaveAsync(user, CancellationToken.None);
    }
}
