using MtSockets.Infrastructure.Bus;
using MtSockets.Infrastructure.Outbox;

namespace MtSockets.Infrastructure.Tests.Outbox;

public sealed class ServerOutboxesTests
{
    [Fact]
    public async Task Add_TwoServers_OneDoesNotWaitForTheOther()
    {
        await using var bench = new OutboxBench();
        bench.Add("u1", new OutboxTarget("b"));
        var stuck = await bench.Bus.NextAsync();
        bench.Add("u2", new OutboxTarget("c"));
        var other = await bench.Bus.NextAsync();
        Assert.Equal("server.c", other.RoutingKey);
        other.Confirm();
        stuck.Confirm();
    }

    [Fact]
    public async Task Add_Everybody_GoesToTheBroadcastKey()
    {
        await using var bench = new OutboxBench();
        bench.Add("", OutboxTarget.Everybody);
        Assert.Equal("broadcast", (await bench.Bus.NextAsync()).RoutingKey);
    }

    /// <summary>The fault of the first implementation: a second concurrent publisher broke its channel.</summary>
    [Fact]
    public async Task Add_ManyThreads_EveryMessageOnceAndEachThreadsInOrder()
    {
        const int threads = 8, each = 2000;
        await using var bench = new OutboxBench(new OutboxOptions { MaxBytes = 1024 * 1024 * 1024, MaxBatchBytes = 16 * 1024 });
        bench.Bus.Always = PublishOutcome.Confirmed;
        string[] servers = ["b", "c"];

        await Task.WhenAll(Enumerable.Range(0, threads).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < each; i++)
                Assert.Null(bench.Add($"{thread} {i}", new OutboxTarget(servers[i % 2])));
        })));
        await bench.IdleAsync();

        var seen = new List<(string Key, int Thread, int Number)>();
        while (bench.Bus.HasPublish)
        {
            var publish = await bench.Bus.NextAsync();
            foreach (var user in publish.Users.Select(user => user.Split(' ')))
                seen.Add((publish.RoutingKey, int.Parse(user[0], null), int.Parse(user[1], null)));
        }

        Assert.Equal(threads * each, seen.Distinct().Count());
        Assert.Equal(threads * each, seen.Count);
        var ways = seen.GroupBy(message => (message.Key, message.Thread), message => message.Number);
        Assert.All(ways, numbers => Assert.Equal(numbers.Order(), numbers));
        Assert.InRange(bench.Bus.MostInFlight, 1, servers.Length);
    }

    [Fact]
    public async Task Prune_IdleOutboxOfAServerThatIsGone_IsClosedAndOpenedAgainWhenNeeded()
    {
        await using var bench = new OutboxBench();
        bench.AddAll("u1");
        (await bench.Bus.NextAsync()).Confirm();
        await bench.IdleAsync();

        bench.Outboxes.Prune(_ => false);

        bench.AddAll("u2");
        var publish = await bench.Bus.NextAsync();
        Assert.Equal(["u2"], publish.Users);
        publish.Confirm();
    }

    [Fact]
    public async Task Prune_OutboxThatStillHasSomething_Stays()
    {
        await using var bench = new OutboxBench();
        bench.AddAll("u1");
        var first = await bench.Bus.NextAsync();
        bench.AddAll("u2");

        bench.Outboxes.Prune(_ => false);

        // A second outbox for the same server would not wait for this confirm, and so overtake.
        bench.AddAll("u3");
        Assert.False(bench.Bus.HasPublish);
        first.Confirm();
        var second = await bench.Bus.NextAsync();
        Assert.Equal(["u2", "u3"], second.Users);
        second.Confirm();
    }

    [Fact]
    public async Task Prune_WhileThreadsAdd_LosesNothing()
    {
        const int threads = 4, each = 2000;
        await using var bench = new OutboxBench(new OutboxOptions { MaxBytes = 1024 * 1024 * 1024 });
        bench.Bus.Always = PublishOutcome.Confirmed;
        using var done = new CancellationTokenSource();
        var pruning = Task.Run(() =>
        {
            while (!done.IsCancellationRequested)
                bench.Outboxes.Prune(_ => false);
        });

        await Task.WhenAll(Enumerable.Range(0, threads).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < each; i++)
                Assert.Null(bench.Add($"{thread} {i}"));
        })));
        await done.CancelAsync();
        await pruning;
        await bench.IdleAsync();

        var seen = new HashSet<string>();
        while (bench.Bus.HasPublish)
            Assert.All((await bench.Bus.NextAsync()).Users, user => Assert.True(seen.Add(user)));
        Assert.Equal(threads * each, seen.Count);
    }

    [Fact]
    public async Task DisposeAsync_SomethingWaits_IsPublishedBeforeTheEnd()
    {
        await using var bench = new OutboxBench();
        bench.AddAll("u1");
        var first = await bench.Bus.NextAsync();
        bench.AddAll("u2", "u3");

        var disposing = bench.Outboxes.DisposeAsync().AsTask();
        Assert.False(disposing.IsCompleted);
        first.Confirm();
        var second = await bench.Bus.NextAsync();
        Assert.Equal(["u2", "u3"], second.Users);
        second.Confirm();
        await disposing.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Empty(bench.Undelivered.Messages);
    }

    [Fact]
    public async Task DisposeAsync_Twice_IsHarmless()
    {
        await using var bench = new OutboxBench();
        bench.AddAll("u1");
        (await bench.Bus.NextAsync()).Confirm();
        await bench.Outboxes.DisposeAsync();
        await bench.Outboxes.DisposeAsync();
    }
}
