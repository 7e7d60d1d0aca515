using MtSockets.Edge.Servers;
using MtSockets.Edge.Tests.Fakes;
using MtSockets.Infrastructure.Leases;

namespace MtSockets.Edge.Tests.Servers;

public sealed class DeadServerCleanupTests : ServerTests
{
    private readonly TestServer _server;

    public DeadServerCleanupTests()
    {
        _server = AddServer("edge-1");
        World.Leases.Servers["dead"] = false;
        World.Leases.Servers["edge-2"] = true;
    }

    [Fact]
    public async Task RunAsync_OfADeadServer_RemovesItsUsersInBatchesAndForgetsIt()
    {
        for (var i = 0; i < 1201; i++)
            World.Enter($"user-{i}", "dead");
        World.Enter("user-7", "edge-2");

        await RunAsync();

        Assert.Equal(["begin dead", "forget dead"], World.Leases.Cleanups);
        Assert.Equal(["edge-2"], World.ServersOf("user-7"));
        Assert.Single(World.Registry.Servers);
        Assert.All(
            _server.Registry.Calls.Where(call => call.StartsWith("remove", StringComparison.Ordinal)),
            call => Assert.InRange(call.Split(',').Length, 1, 500));
    }

    [Fact]
    public async Task RunAsync_WhileAllLive_AsksForNothing()
    {
        World.Leases.Servers.TryRemove("dead", out _);

        await RunAsync();

        Assert.Empty(World.Leases.Cleanups);
        Assert.Empty(_server.Registry.Calls);
    }

    [Fact]
    public async Task RunAsync_OfAServerThatAnotherOneCleansUpAfter_LeavesItAlone()
    {
        World.Enter("bob", "dead");
        World.Leases.CleanedByOthers.Add("dead");

        await RunAsync();

        Assert.Equal(["dead"], World.ServersOf("bob"));
        Assert.Empty(_server.Registry.Calls);
    }

    [Fact]
    public async Task RunAsync_NeverCleansUpAfterItself()
    {
        World.Enter("bob", "edge-1");
        World.Leases.Servers["edge-1"] = false;

        await RunAsync();

        Assert.Equal(["edge-1"], World.ServersOf("bob"));
    }

    [Fact]
    public async Task RunAsync_OfMoreThanOneTurnTakes_LeavesTheRestToTheNext()
    {
        for (var i = 0; i < 1200; i++)
            World.Enter($"user-{i}", "dead");
        // Redis is slow: each batch takes six seconds, and a turn has ten.
        _server.Registry.BeforeRemove = _ =>
        {
            World.Time.Advance(TimeSpan.FromSeconds(6));
            return Task.CompletedTask;
        };

        await RunAsync();
        Assert.Equal(["begin dead", "leave dead"], World.Leases.Cleanups);
        Assert.NotEmpty(World.Registry.Servers);
        _server.Registry.BeforeRemove = null;
        await RunAsync();

        Assert.Equal("forget dead", World.Leases.Cleanups.Last());
        Assert.Empty(World.Registry.Servers);
    }

    private async Task RunAsync()
    {
        await _server.Get<ServerDirectory>().RefreshAsync(CancellationToken.None);
        await _server.Get<DeadServerCleanup>().RunAsync(CancellationToken.None);
    }
}
