using System.Collections.Concurrent;
using MtSockets.Edge.Transport;

namespace MtSockets.Edge.Tests.Transport;

public sealed class DeferredTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(10);

    [Fact]
    public void Run_WithinAScope_WaitsForItsEndAndKeepsTheOrder()
    {
        var done = new List<int>();

        Deferred.Begin();
        for (var i = 0; i < 100; i++)
        {
            var number = i;
            Deferred.Run(new Item(() => done.Add(number)));
        }

        Assert.Empty(done);
        Deferred.End();

        Assert.Equal(Enumerable.Range(0, 100), done);
    }

    [Fact]
    public void Run_WithinAnInnerScope_WaitsForTheEndOfTheOuterOne()
    {
        var done = new List<string>();

        Deferred.Begin();
        Deferred.Run(new Item(() => done.Add("outer")));
        Deferred.Begin();
        Deferred.Run(new Item(() => done.Add("inner")));
        Deferred.End();
        Assert.Empty(done);
        Deferred.End();

        Assert.Equal(["outer", "inner"], done);
    }

    [Fact]
    public async Task Run_OutsideAScope_GoesToThePool()
    {
        var where = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() => Deferred.Run(new Item(() => where.SetResult(Thread.CurrentThread.IsThreadPoolThread))));

        thread.Start();

        Assert.True(await where.Task.WaitAsync(Bound));
    }

    [Fact]
    public void Run_OfWorkThatGivesRiseToMore_DoesThatToo()
    {
        var done = new List<int>();

        Deferred.Begin();
        Deferred.Run(new Item(() => Next(0)));
        Deferred.End();

        Assert.Equal(Enumerable.Range(0, 1000), done);

        void Next(int number)
        {
            done.Add(number);
            if (number == 999)
                return;
            // As one who handles a batch of its own in between.
            Deferred.Begin();
            Deferred.Run(new Item(() => Next(number + 1)));
            Deferred.End();
        }
    }

    [Fact]
    public async Task End_WithMoreThanOneThreadsShare_DoesEachItemOnce()
    {
        const int Count = 10_000;
        var done = new ConcurrentBag<int>();
        using var left = new CountdownEvent(Count);

        Deferred.Begin();
        for (var i = 0; i < Count; i++)
        {
            var number = i;
            Deferred.Run(new Item(() =>
            {
                done.Add(number);
                left.Signal();
            }));
        }

        Deferred.End();

        Assert.True(await Task.Run(() => left.Wait(Bound)));
        Assert.Equal(Enumerable.Range(0, Count), done.Order());
    }

    [Fact]
    public async Task End_WithAnItemThatThrows_DoesTheOthersAndLeavesNoScopeOpen()
    {
        using var left = new CountdownEvent(2);
        var afterwards = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        Exception? thrown = null;

        var thread = new Thread(() =>
        {
            Deferred.Begin();
            Deferred.Run(new Item(() => left.Signal()));
            Deferred.Run(new Item(() => throw new InvalidOperationException("broken")));
            Deferred.Run(new Item(() => left.Signal()));
            thrown = Record.Exception(Deferred.End);
            // A scope that was still open would keep this for ever.
            Deferred.Run(new Item(() => afterwards.SetResult(true)));
        });
        thread.Start();

        await afterwards.Task.WaitAsync(Bound);
        Assert.True(await Task.Run(() => left.Wait(Bound)));
        Assert.Equal("broken", thrown?.Message);
    }

    private sealed class Item(Action action) : IThreadPoolWorkItem
    {
        public void Execute() => action();
    }
}
