using MtSockets.Infrastructure.Registry;
using MtSockets.TestKit;

namespace MtSockets.Infrastructure.Tests.Registry;

/// <summary>What every registry must do, whatever holds it.</summary>
public abstract class UserRegistrySpecification
{
    private readonly string _run = Guid.NewGuid().ToString("N")[..8];

    protected string A => Named("server-a");

    protected string B => Named("server-b");

    protected string C => Named("server-c");

    protected string Alice => Named("alice");

    /// <summary>The registry as this server sees it; all of them over the same memory.</summary>
    private protected abstract IUserRegistry On(string serverId);

    protected string Named(string name) => $"{_run}-{name}";

    [Fact]
    public async Task RegisterAsync_FirstServer_NamesNoOthers()
    {
        Assert.Empty((await On(A).RegisterAsync(Alice, default)).Others);
        await AssertRouteAsync(Alice, last: A, A);
    }

    [Fact]
    public async Task RegisterAsync_FurtherServers_NamesTheOthers()
    {
        await On(A).RegisterAsync(Alice, default);
        Assert.Equal([A], (await On(B).RegisterAsync(Alice, default)).Others);
        Assert.Equal([A, B], (await On(C).RegisterAsync(Alice, default)).Others.Order());
        await AssertRouteAsync(Alice, last: C, A, B, C);
    }

    [Fact]
    public async Task RegisterAsync_Repeated_IsHarmless()
    {
        await On(A).RegisterAsync(Alice, default);
        await On(B).RegisterAsync(Alice, default);
        Assert.Equal([B], (await On(A).RegisterAsync(Alice, default)).Others);
        Assert.Equal([B], (await On(A).RegisterAsync(Alice, default)).Others);
        await AssertRouteAsync(Alice, last: A, A, B);

        Assert.Equal([B], await On(A).UnregisterAsync(Alice, default));
        await AssertRouteAsync(Alice, last: B, B);
    }

    [Fact]
    public async Task UnregisterAsync_LastServer_UserIsNowhere()
    {
        await On(A).RegisterAsync(Alice, default);
        Assert.Empty(await On(A).UnregisterAsync(Alice, default));
        await AssertRouteAsync(Alice, last: null);
    }

    [Fact]
    public async Task UnregisterAsync_OlderServer_DoesNotEraseTheNewerEntry()
    {
        await On(A).RegisterAsync(Alice, default);
        await On(B).RegisterAsync(Alice, default);
        Assert.Equal([B], await On(A).UnregisterAsync(Alice, default));
        await AssertRouteAsync(Alice, last: B, B);
    }

    [Fact]
    public async Task UnregisterAsync_NewerServer_PointsAtOneThatRemains()
    {
        await On(A).RegisterAsync(Alice, default);
        await On(B).RegisterAsync(Alice, default);
        Assert.Equal([A], await On(B).UnregisterAsync(Alice, default));
        await AssertRouteAsync(Alice, last: A, A);
    }

    [Fact]
    public async Task UnregisterAsync_ServerThatNeverHeldTheUser_ChangesNothing()
    {
        await On(A).RegisterAsync(Alice, default);
        Assert.Equal([A], await On(B).UnregisterAsync(Alice, default));
        Assert.Empty(await On(B).UnregisterAsync(Named("nobody"), default));
        await AssertRouteAsync(Alice, last: A, A);
    }

    [Fact]
    public async Task UnregisterAsync_SeveralServersAtOnce_LeavesNothingBehind()
    {
        string[] servers = [A, B, C];
        for (var round = 0; round < 300; round++)
        {
            var user = Named($"mover-{round}");
            foreach (var server in servers)
                await On(server).RegisterAsync(user, default);
            Random.Shared.Shuffle(servers);
            await Task.WhenAll(servers.Select(server => On(server).UnregisterAsync(user, default).AsTask()));
            await AssertRouteAsync(user, last: null);
        }
    }

    [Fact]
    public async Task LookupAsync_ManyUsers_AnswersInTheOrderAsked()
    {
        await On(A).RegisterAsync(Named("u1"), default);
        await On(B).RegisterAsync(Named("u2"), default);
        await On(A).RegisterAsync(Named("u3"), default);
        await On(B).RegisterAsync(Named("u3"), default);

        var routes = await On(C).LookupAsync(Ask(Named("u3"), Named("nobody"), Named("u1"), Named("u2"), Named("u1")), default);

        Assert.Equal([$"{A} {B}", "", A, B, A], routes.Select(route => string.Join(' ', route.Servers.Order())));
        Assert.Equal([B, null, A, B, A], routes.Select(route => route.Last));
    }

    [Fact]
    public async Task LookupAsync_Nobody_AnswersNothing() => Assert.Empty(await On(A).LookupAsync([], default));

    [Fact]
    public async Task LookupAsync_OddNames_AreKeptApart()
    {
        string[] users = [Named("a"), Named("a:b"), Named("{a}"), Named("user:a"), Named("Ünïcode 漢字 👋"), Named("A"), Named("*")];
        for (var i = 0; i < users.Length; i += 2)
            await On(A).RegisterAsync(users[i], default);

        var routes = await On(B).LookupAsync(Ask(users), default);

        Assert.Equal(users.Select((_, i) => i % 2 == 0 ? A : null), routes.Select(route => route.Last));
    }

    [Fact]
    public async Task UsersOfAsync_SeveralServers_NamesThoseOfTheOne()
    {
        await On(A).RegisterAsync(Named("u1"), default);
        await On(A).RegisterAsync(Named("u2"), default);
        await On(B).RegisterAsync(Named("u2"), default);
        await On(A).RegisterAsync(Named("u3"), default);
        await On(A).UnregisterAsync(Named("u3"), default);

        Assert.Equal([Named("u1"), Named("u2")], (await On(C).UsersOfAsync(A, 100, default)).Order());
        Assert.Equal([Named("u2")], await On(C).UsersOfAsync(B, 100, default));
        Assert.Empty(await On(C).UsersOfAsync(C, 100, default));
    }

    [Fact]
    public async Task UsersOfAsync_MoreThanAskedFor_NamesDistinctOnesUpToTheCount()
    {
        for (var i = 0; i < 20; i++)
            await On(A).RegisterAsync(Named($"u{i}"), default);
        Assert.Equal(7, (await On(B).UsersOfAsync(A, 7, default)).Distinct().Count());
    }

    [Fact]
    public async Task RemoveAsync_DeadServer_TakesItsEntriesAndNoOthers()
    {
        await On(A).RegisterAsync(Named("both"), default);
        await On(B).RegisterAsync(Named("both"), default);
        await On(B).RegisterAsync(Named("only-b"), default);
        await On(A).RegisterAsync(Named("only-a"), default);

        await On(A).RemoveAsync(B, [Named("both"), Named("only-b"), Named("only-a"), Named("nobody")], default);

        await AssertRouteAsync(Named("both"), last: A, A);
        await AssertRouteAsync(Named("only-b"), last: null);
        await AssertRouteAsync(Named("only-a"), last: A, A);
        Assert.Empty(await On(A).UsersOfAsync(B, 100, default));
        Assert.Equal([Named("both"), Named("only-a")], (await On(A).UsersOfAsync(A, 100, default)).Order());
    }

    [Fact]
    public async Task RemoveAsync_Repeated_IsHarmless()
    {
        await On(B).RegisterAsync(Alice, default);
        await On(A).RemoveAsync(B, [Alice], default);
        await On(C).RegisterAsync(Alice, default);
        await On(A).RemoveAsync(B, [Alice], default);
        await On(A).RemoveAsync(B, [], default);
        await AssertRouteAsync(Alice, last: C, C);
    }

    [Fact]
    public async Task RegisterAsync_RouteIsLeased_NamesTheHoldersAndForHowLong()
    {
        await On(A).RegisterAsync(Alice, default);
        Assert.Empty((await On(A).RegisterAsync(Alice, default)).Leases);

        Assert.True(Assert.Single(await On(C).LookupAsync([new RouteQuestion(Alice, TimeSpan.FromMinutes(1))], default)).IsLeased);
        await On(B).LookupAsync([new RouteQuestion(Alice, TimeSpan.FromMinutes(5)), new RouteQuestion(Named("bob"))], default);

        var leases = (await On(B).RegisterAsync(Alice, default)).Leases.OrderBy(lease => lease.ServerId).ToArray();
        Assert.Equal([B, C], leases.Select(lease => lease.ServerId));
        Assert.InRange(leases[0].Left, TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(5));
        Assert.InRange(leases[1].Left, TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(1));
        Assert.Empty((await On(B).RegisterAsync(Named("bob"), default)).Leases);
    }

    /// <summary>The shorter one must not shorten what is left of the longer one.</summary>
    [Fact]
    public async Task LookupAsync_WithAShorterLeaseThanAnothers_LeavesTheOthers()
    {
        await On(C).LookupAsync([new RouteQuestion(Alice, TimeSpan.FromMinutes(5))], default);
        await On(A).LookupAsync([new RouteQuestion(Alice, TimeSpan.FromMilliseconds(20))], default);
        await Eventually.TrueAsync(
            async () => (await On(B).RegisterAsync(Alice, default)).Leases is [var lease] && lease.ServerId == C, "only the longer one is left");
    }

    [Fact]
    public async Task LookupAsync_WithALeaseAgain_RenewsIt()
    {
        await On(C).LookupAsync([new RouteQuestion(Alice, TimeSpan.FromSeconds(10))], default);
        await On(C).LookupAsync([new RouteQuestion(Alice, TimeSpan.FromMinutes(5))], default);
        Assert.True(Assert.Single((await On(B).RegisterAsync(Alice, default)).Leases).Left > TimeSpan.FromMinutes(1));
    }

    /// <summary>One that has died is not waited for because another one goes on.</summary>
    [Fact]
    public async Task RegisterAsync_OneOfTwoLeasesHasEnded_NamesTheOtherAlone()
    {
        await On(C).LookupAsync([new RouteQuestion(Alice, TimeSpan.FromMilliseconds(20))], default);
        await Eventually.TrueAsync(
            async () =>
            {
                await On(A).LookupAsync([new RouteQuestion(Alice, TimeSpan.FromMinutes(1))], default);
                return (await On(B).RegisterAsync(Alice, default)).Leases is [var lease] && lease.ServerId == A;
            },
            "only the lease that is renewed is left");
    }

    [Fact]
    public async Task RegisterAsync_LeaseOfTheRouteHasEnded_SaysSo()
    {
        await On(C).LookupAsync([new RouteQuestion(Alice, TimeSpan.FromMilliseconds(20))], default);
        await Eventually.TrueAsync(async () => (await On(B).RegisterAsync(Alice, default)).Leases.Count == 0, "the lease has ended");
    }

    /// <summary>However the two fall together: either the answer names the new server, or the new server hears who has the lease.</summary>
    [Fact]
    public async Task LookupAsync_WithALeaseWhileAServerIsEntered_OneOfTheTwoKnowsOfTheOther()
    {
        for (var round = 0; round < 500; round++)
        {
            var user = Named($"joiner-{round}");
            await On(A).RegisterAsync(user, default);
            var looking = On(C).LookupAsync([new RouteQuestion(user, TimeSpan.FromMinutes(1))], default).AsTask();
            var registering = On(B).RegisterAsync(user, default).AsTask();
            await Task.WhenAll(looking, registering);
            Assert.True((await looking)[0].Servers.Contains(B) || (await registering).Leases.Any(lease => lease.ServerId == C), user);
        }
    }

    private protected static RouteQuestion[] Ask(params string[] users) => [.. users.Select(user => new RouteQuestion(user))];

    private async Task AssertRouteAsync(string user, string? last, params string[] servers)
    {
        var route = Assert.Single(await On(A).LookupAsync(Ask(user), default));
        Assert.Equal(servers.Order(), route.Servers.Order());
        Assert.Equal(last, route.Last);
    }
}
