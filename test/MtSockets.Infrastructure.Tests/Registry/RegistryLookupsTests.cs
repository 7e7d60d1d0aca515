using MtSockets.Infrastructure.Registry;
using MtSockets.Infrastructure.Tests.Fakes;

namespace MtSockets.Infrastructure.Tests.Registry;

public sealed class RegistryLookupsTests
{
    // Ends a test that hangs.
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private readonly FakeUserRegistry _registry = new();
    private readonly RegistryLookups _lookups;

    public RegistryLookupsTests() => _lookups = new RegistryLookups(_registry);

    [Fact]
    public async Task LookupAsync_Alone_AsksAtOnce()
    {
        var asked = AskAsync("b", "a", "b");
        var lookup = await _registry.NextAsync();
        Assert.Equal(["b", "a"], lookup.Users);
        lookup.Complete();
        Assert.Equal(["on-b", "on-a", "on-b"], await asked);
    }

    [Fact]
    public async Task LookupAsync_WhileRoundsAreUnderWay_GathersEachUserOnce()
    {
        var first = AskAsync("u1");
        var second = AskAsync("u2");
        var rounds = new[] { await _registry.NextAsync(), await _registry.NextAsync() };
        var third = AskAsync("x", "y");
        var fourth = AskAsync("y", "z", "x");
        Assert.False(_registry.HasLookup);

        rounds[0].Complete();
        var gathered = await _registry.NextAsync();
        Assert.Equal(["x", "y", "z"], gathered.Users);
        gathered.Complete();
        rounds[1].Complete();

        Assert.Equal(["on-u1"], await first);
        Assert.Equal(["on-u2"], await second);
        Assert.Equal(["on-x", "on-y"], await third);
        Assert.Equal(["on-y", "on-z", "on-x"], await fourth);
    }

    [Fact]
    public async Task LookupAsync_OneOfSeveralWantsALease_TheRoundAsksForTheLongest()
    {
        _ = AskAsync("u1");
        _ = AskAsync("u2");
        var rounds = new[] { await _registry.NextAsync(), await _registry.NextAsync() };
        RouteQuestion[] wanted = [new("x"), new("x", TimeSpan.FromMilliseconds(200)), new("x", TimeSpan.FromMilliseconds(100)), new("y")];
        var asked = wanted.Select(question => _lookups.LookupAsync([question], default).AsTask()).ToArray();
        rounds[0].Complete();
        var gathered = await _registry.NextAsync();
        Assert.Equal([wanted[1], wanted[3]], gathered.Questions);
        gathered.Complete();
        rounds[1].Complete();
        await Task.WhenAll(asked).WaitAsync(Bound);
    }

    /// <summary>A round that was on its way already may have been answered before the question was asked.</summary>
    [Fact]
    public async Task LookupAsync_SameUserAskedForAgain_IsNotAnsweredByAnEarlierRound()
    {
        _ = AskAsync("u1");
        _ = AskAsync("u1");
        var rounds = new[] { await _registry.NextAsync(), await _registry.NextAsync() };
        var later = AskAsync("u1");
        rounds[1].Complete();
        var fresh = await _registry.NextAsync();
        Assert.False(later.IsCompleted);
        fresh.Complete();
        Assert.Equal(["on-u1"], await later);
        rounds[0].Complete();
    }

    [Fact]
    public async Task LookupAsync_RegistryFails_AllOfThatRoundHearItAndTheNextRoundWorks()
    {
        var before = AskAsync("u1");
        var alsoBefore = AskAsync("u2");
        var rounds = new[] { await _registry.NextAsync(), await _registry.NextAsync() };
        var one = AskAsync("x");
        var other = AskAsync("y");
        rounds[0].Complete();
        (await _registry.NextAsync()).Answer.SetException(new DependencyUnavailableException("Redis"));
        await Assert.ThrowsAsync<DependencyUnavailableException>(() => one);
        await Assert.ThrowsAsync<DependencyUnavailableException>(() => other);
        rounds[1].Complete();
        await Task.WhenAll(before, alsoBefore);

        var after = AskAsync("z");
        (await _registry.NextAsync()).Complete();
        Assert.Equal(["on-z"], await after);
    }

    [Fact]
    public async Task LookupAsync_OneGivesUp_TheOthersOfItsRoundGetTheirAnswer()
    {
        _ = AskAsync("u1");
        _ = AskAsync("u2");
        var rounds = new[] { await _registry.NextAsync(), await _registry.NextAsync() };
        using var gone = new CancellationTokenSource();
        var givesUp = AskAsync(gone.Token, "x");
        var stays = AskAsync("x", "y");
        rounds[0].Complete();
        var gathered = await _registry.NextAsync();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => givesUp);
        gathered.Complete();
        Assert.Equal(["on-x", "on-y"], await stays);
        rounds[1].Complete();
    }

    [Fact]
    public async Task LookupAsync_ManyThreads_EachGetsItsOwnUsers()
    {
        using var done = new CancellationTokenSource();
        var answering = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
                (await _registry.NextAsync()).Complete();
        });
        await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(async () =>
        {
            for (var i = 0; i < 500; i++)
                Assert.Equal([$"on-{thread}-{i}", $"on-shared-{i}"], await AskAsync($"{thread}-{i}", $"shared-{i}"));
        })));
        await done.CancelAsync();
        // Lets the answering loop see the end.
        await AskAsync("last");
        await answering;
    }

    private Task<IEnumerable<string>> AskAsync(params string[] users) => AskAsync(CancellationToken.None, users);

    private async Task<IEnumerable<string>> AskAsync(CancellationToken cancellationToken, params string[] users) =>
        (await _lookups.LookupAsync([.. users.Select(user => new RouteQuestion(user))], cancellationToken).AsTask().WaitAsync(Bound)).Select(route => route.Servers[0]);
}
