using System.Buffers;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using MtSockets.Edge.Transport;

namespace MtSockets.Edge.Tests.Transport;

public sealed class LoopConnectionTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Close_WhileAReadAndAFlushWait_EndsBoth(bool isHard)
    {
        await using var pair = await LoopPair.ConnectAsync();
        var reading = pair.Input.ReadAsync().AsTask();
        var filling = pair.FillAsync();

        if (isHard)
            pair.Server.Abort(new ConnectionAbortedException("enough"));
        else
            await pair.Server.DisposeAsync();

        await Assert.ThrowsAsync<ConnectionAbortedException>(() => reading.WaitAsync(LoopPair.Bound));
        Assert.True((await filling.WaitAsync(LoopPair.Bound)).IsCompleted);
        await pair.ClosedAsync();
    }

    [Fact]
    public async Task Close_ByManyAtOnceWhileEverythingGoesOn_EndsEachWaitOnce()
    {
        await using var listener = LoopPair.Listen();
        for (var i = 0; i < 300; i++)
        {
            await using var pair = await LoopPair.ConnectAsync(listener);
            using var source = new CancellationTokenSource();
            var reading = Record.ExceptionAsync(() => pair.Input.ReadAsync(source.Token).AsTask());
            pair.Output.Write(new byte[8 * 1024 * 1024]);
            var flushing = Record.ExceptionAsync(() => pair.Output.FlushAsync(source.Token).AsTask());

            // Each answers whoever waits; a second answer to one wait would throw on the pool and end the process.
            await Task.WhenAll(
                Task.Run(source.Cancel),
                Task.Run(pair.Input.CancelPendingRead),
                Task.Run(pair.Output.CancelPendingFlush),
                Task.Run(() => pair.Client.SendAsync(new byte[10])),
                Task.Run(pair.Server.Abort),
                Task.Run(async () => await pair.Server.DisposeAsync()),
                Task.Run(pair.Reset)).ContinueWith(static _ => { }, TaskScheduler.Default);

            await reading.WaitAsync(LoopPair.Bound);
            await flushing.WaitAsync(LoopPair.Bound);
            await pair.ClosedAsync();
        }
    }

    [Fact]
    public async Task DisposeAsync_WithSomethingUnread_ClosesInOrderAllTheSame()
    {
        await using var pair = await LoopPair.ConnectAsync();
        await pair.Client.SendAsync(new byte[50_000]);
        await pair.Input.ReadAsync().AsTask().WaitAsync(LoopPair.Bound);
        await pair.Output.WriteAsync(new byte[1]);

        await pair.Server.DisposeAsync();

        await pair.ReceiveAsync(1);
        // A reset would throw.
        Assert.Equal(0, await pair.Client.ReceiveAsync(new byte[1]).WaitAsync(LoopPair.Bound));
    }

    [Fact]
    public async Task ConnectionClosed_WithACallbackThatThrows_EndsNothingElse()
    {
        await using var pair = await LoopPair.ConnectAsync();
        using var registration = pair.Server.ConnectionClosed.Register(static () => throw new InvalidOperationException("not ours"));
        var closed = pair.ClosedAsync();

        pair.Server.Abort();

        await closed;
    }

    [Fact]
    public async Task ReadAsync_OfAConnectionThatIsInline_GoesOnWhereTheLoopIs()
    {
        await using var pair = await LoopPair.ConnectAsync();

        var before = await NameOfWhoGoesOnAsync();
        pair.Server.Features.Get<IInlineFeature>()!.GoInline();
        var after = await NameOfWhoGoesOnAsync();

        Assert.DoesNotContain("sockets", before ?? "", StringComparison.Ordinal);
        Assert.StartsWith("sockets", after, StringComparison.Ordinal);

        async Task<string?> NameOfWhoGoesOnAsync()
        {
            var naming = NameAsync();
            await pair.Client.SendAsync(new byte[1]);
            return await naming.WaitAsync(LoopPair.Bound);
        }

        async Task<string?> NameAsync()
        {
            // The test itself has to go on elsewhere: it waits.
            var result = await pair.Input.ReadAsync().ConfigureAwait(false);
            var name = Thread.CurrentThread.Name;
            pair.Input.AdvanceTo(result.Buffer.End);
            await Task.Yield();
            return name;
        }
    }

    [Fact]
    public async Task Client_ThatSendsWithoutEnd_LeavesTheLoopToTheOthers()
    {
        await using var listener = LoopPair.Listen(loops: 1);
        await using var noisy = await LoopPair.ConnectAsync(listener);
        await using var other = await LoopPair.ConnectAsync(listener);
        foreach (var pair in new[] { noisy, other })
            pair.Server.Features.Get<IInlineFeature>()!.GoInline();
        using var enough = new CancellationTokenSource();
        var wasHeard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        // There is always something to read: who handles it feeds the socket himself.
        var reading = ReadEndlesslyAsync();
        await noisy.Client.SendAsync(new byte[1000]);
        await wasHeard.Task.WaitAsync(LoopPair.Bound);
        var heard = other.Input.ReadAsync().AsTask();
        await other.Client.SendAsync(new byte[1]);

        var result = await heard.WaitAsync(LoopPair.Bound);
        await enough.CancelAsync();
        await reading.WaitAsync(LoopPair.Bound);
        Assert.Equal(1, result.Buffer.Length);

        async Task ReadEndlesslyAsync()
        {
            for (var isCompleted = false; !isCompleted && !enough.IsCancellationRequested;)
            {
                var result = await noisy.Input.ReadAsync().ConfigureAwait(false);
                noisy.Client.Send(new byte[1000]);
                noisy.Input.AdvanceTo(result.Buffer.End);
                isCompleted = result.IsCompleted;
                wasHeard.TrySetResult();
            }
        }
    }

    [Fact]
    public async Task Continuation_ThatThrowsOnTheLoop_EndsItsOwnConnectionAndNoOther()
    {
        await using var listener = LoopPair.Listen(loops: 1);
        await using var broken = await LoopPair.ConnectAsync(listener);
        await using var other = await LoopPair.ConnectAsync(listener);
        broken.Server.Features.Get<IInlineFeature>()!.GoInline();
        var closed = broken.ClosedAsync();

        ThrowOnNextRead(broken);
        await broken.Client.SendAsync(new byte[1]);

        await closed;
        await other.Client.SendAsync(new byte[1]);
        Assert.Equal(1, (await other.Input.ReadAsync().AsTask().WaitAsync(LoopPair.Bound)).Buffer.Length);
    }

    [Fact]
    public async Task Features_OfAConnection_AreThoseItIsItselfAndThoseThatWereAdded()
    {
        await using var pair = await LoopPair.ConnectAsync();
        var features = pair.Server.Features;
        var revision = features.Revision;
        var added = new ConnectionItems();

        features.Set<ConnectionItems>(added);

        Assert.Same(added, features.Get<ConnectionItems>());
        Assert.NotEqual(revision, features.Revision);
        Assert.Contains(features, entry => entry.Key == typeof(ConnectionItems) && entry.Value == added);
        Assert.Same(pair.Server, features.Get<IConnectionIdFeature>());
        Assert.Same(pair.Server, features.Get<IConnectionTransportFeature>());
        Assert.Same(pair.Server, features.Get<IConnectionLifetimeFeature>());
        Assert.Equal(pair.Client.LocalEndPoint, features.Get<IConnectionEndPointFeature>()!.RemoteEndPoint);
        Assert.Null(features.Get<ITlsConnectionFeature>());
        features.Set<ConnectionItems>(null);
        Assert.Null(features.Get<ConnectionItems>());
        Assert.DoesNotContain(features, entry => entry.Key == typeof(ConnectionItems));
    }

    /// <summary>Nobody awaits it: that is how a continuation can throw to whoever runs it, which must not be the tests' own context.</summary>
    private static void ThrowOnNextRead(LoopPair pair)
    {
#pragma warning disable CA2012
        pair.Input.ReadAsync().ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(static () => throw new InvalidOperationException("broken"));
#pragma warning restore CA2012
    }
}
