using MtSockets.Edge.Routing;
using MtSockets.Edge.Tests.Fakes;
using MtSockets.Infrastructure.Outbox;

namespace MtSockets.Edge.Tests.Routing;

public sealed class RouteResolverTests : ServerTests
{
    private readonly RouteResolver _resolver;

    public RouteResolverTests()
    {
        _resolver = AddServer("edge-1").Get<RouteResolver>();
        World.Leases.Servers["edge-2"] = true;
        World.Leases.Servers["edge-3"] = true;
        World.Leases.Servers["dead"] = false;
    }

    [Fact]
    public async Task ResolveAsync_OfAnUnknownUser_IsNowhere() => Assert.Empty(await ResolveAsync("bob"));

    [Fact]
    public async Task ResolveAsync_NamesTheLiveServersButNeverThisOne()
    {
        World.Enter("bob", "edge-1");
        World.Enter("bob", "edge-2");
        World.Enter("bob", "dead");
        World.Enter("bob", "edge-3");

        Assert.Equal([new OutboxTarget("edge-2"), new OutboxTarget("edge-3")], (await ResolveAsync("bob")).OrderBy(target => target.ServerId));
    }

    [Fact]
    public async Task ResolveAsync_OfAServerWithoutALease_IsOneOfTheFirstImplementation()
    {
        World.Enter("bob", "edge-2");
        World.Enter("bob", "go-1", inSet: false);

        Assert.Equal([new OutboxTarget("edge-2"), new OutboxTarget("go-1", Plain: true)], await ResolveAsync("bob"));
    }

    [Fact]
    public async Task ResolveAsync_OfAKeyThatNamesAMtSocketsServerAlone_KnowsThatHeHasJustLeft()
    {
        World.Enter("bob", "edge-2", inSet: false);
        World.Enter("carol", "dead", inSet: false);
        World.Enter("dave", "edge-1", inSet: false);

        Assert.Empty(await ResolveAsync("bob"));
        Assert.Empty(await ResolveAsync("carol"));
        Assert.Empty(await ResolveAsync("dave"));
    }

    [Fact]
    public async Task ResolveAsync_OfAServerThatHasJustCome_KnowsIt()
    {
        World.Enter("bob", "edge-4");
        World.Leases.Servers["edge-4"] = true;

        Assert.Equal([new OutboxTarget("edge-4")], await ResolveAsync("bob"));
    }

    [Fact]
    public async Task ResolveAsync_OfManyUsers_KeepsTheirOrder()
    {
        World.Enter("bob", "edge-2");
        World.Enter("carol", "edge-3");

        var targets = await _resolver.ResolveAsync(["carol", "nobody", "bob", "carol"], CancellationToken.None);

        Assert.Equal(["edge-3", "", "edge-2", "edge-3"], targets.Select(list => list.Count == 0 ? "" : list[0].ServerId));
    }

    private async Task<IReadOnlyList<OutboxTarget>> ResolveAsync(string user) => (await _resolver.ResolveAsync([user], CancellationToken.None))[0];
}
