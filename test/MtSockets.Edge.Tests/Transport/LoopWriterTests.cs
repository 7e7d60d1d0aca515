using System.Buffers;
using System.Net.Sockets;
using System.Text;

namespace MtSockets.Edge.Tests.Transport;

public sealed class LoopWriterTests
{
    [Fact]
    public async Task FlushAsync_ToAClientThatReadsLate_ArrivesWholeAndInOrder()
    {
        await using var pair = await LoopPair.ConnectAsync();
        var sent = LoopPair.Bytes(32 * 1024 * 1024);
        var filling = pair.FillAsync();

        Assert.Equal(sent, await pair.ReceiveAsync(sent.Length));
        Assert.True((await filling.WaitAsync(LoopPair.Bound)) is { IsCanceled: false, IsCompleted: false });
    }

    [Fact]
    public async Task FlushAsync_ManyTimes_SendsEachOnceAndKeepsTheOrder()
    {
        await using var pair = await LoopPair.ConnectAsync();
        var sent = LoopPair.Bytes(4 * 1024 * 1024);
        var receiving = pair.ReceiveAsync(sent.Length);

        var random = new Random(7);
        for (var next = 0; next < sent.Length;)
        {
            var count = Math.Min(sent.Length - next, random.Next(1, 50_000));
            pair.Output.Write(sent.AsSpan(next, count));
            Assert.Equal(count, pair.Output.UnflushedBytes);
            Assert.False((await pair.Output.FlushAsync().AsTask().WaitAsync(LoopPair.Bound)).IsCompleted);
            next += count;
        }

        Assert.Equal(sent, await receiving);
    }

    [Fact]
    public async Task FlushAsync_ToAClientThatResets_SaysThatItHasEnded()
    {
        await using var pair = await LoopPair.ConnectAsync();
        var flush = pair.FillAsync();

        pair.Reset();

        Assert.True((await flush.WaitAsync(LoopPair.Bound)).IsCompleted);
        Assert.True((await pair.Output.WriteAsync(new byte[1])).IsCompleted);
        await pair.ClosedAsync();
    }

    [Fact]
    public async Task CancelPendingFlush_BeforeAndDuringAFlush_EndsOneAndLosesNothing()
    {
        await using var pair = await LoopPair.ConnectAsync();
        pair.Output.CancelPendingFlush();
        var before = await pair.Output.WriteAsync("first"u8.ToArray());
        // Sent all the same: it is the wait that is cancelled.
        Assert.Equal("first", Encoding.ASCII.GetString(await pair.ReceiveAsync(5)));
        var filling = pair.FillAsync();

        pair.Output.CancelPendingFlush();
        var during = await filling.WaitAsync(LoopPair.Bound);
        var rest = pair.Output.WriteAsync("last"u8.ToArray()).AsTask();
        Assert.False(rest.IsCompleted);
        var received = await pair.ReceiveAsync((32 * 1024 * 1024) + 4);

        Assert.True(before.IsCanceled);
        Assert.True(during is { IsCanceled: true, IsCompleted: false });
        Assert.True((await rest.WaitAsync(LoopPair.Bound)) is { IsCanceled: false, IsCompleted: false });
        Assert.Equal([.. LoopPair.Bytes(32 * 1024 * 1024), .. "last"u8], received);
    }

    [Fact]
    public async Task FlushAsync_WithATokenThatIsCancelled_ThrowsAndTheNextFlushSendsTheRest()
    {
        await using var pair = await LoopPair.ConnectAsync();
        using var source = new CancellationTokenSource();
        var filling = pair.FillAsync(source.Token);

        await source.CancelAsync();

        var thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => filling.WaitAsync(LoopPair.Bound));
        Assert.Equal(source.Token, thrown.CancellationToken);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pair.Output.FlushAsync(source.Token).AsTask());
        var rest = pair.Output.FlushAsync().AsTask();
        Assert.Equal(LoopPair.Bytes(32 * 1024 * 1024), await pair.ReceiveAsync(32 * 1024 * 1024));
        Assert.False((await rest.WaitAsync(LoopPair.Bound)).IsCanceled);
    }

    [Fact]
    public async Task FlushAsync_WhileAnotherWaits_IsRefusedAndLeavesThatAlone()
    {
        await using var pair = await LoopPair.ConnectAsync();
        var filling = pair.FillAsync();

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await pair.Output.FlushAsync());

        await pair.ReceiveAsync(32 * 1024 * 1024);
        Assert.False((await filling.WaitAsync(LoopPair.Bound)).IsCompleted);
    }

    [Fact]
    public async Task Complete_WithSomethingUnflushed_SendsIt()
    {
        await using var pair = await LoopPair.ConnectAsync();
        pair.Output.Write("last words"u8);

        await pair.Output.CompleteAsync();
        await pair.Server.DisposeAsync();

        Assert.Equal("last words", Encoding.ASCII.GetString(await pair.ReceiveAsync(10)));
        Assert.Equal(0, await pair.Client.ReceiveAsync(new byte[1]));
    }

    [Fact]
    public async Task Complete_WithAnException_ResetsSoThatTheClientDoesNotTakeItForTheWhole()
    {
        await using var pair = await LoopPair.ConnectAsync();
        pair.Output.Write("half of"u8);

        await pair.Output.CompleteAsync(new InvalidOperationException("broken"));

        await Assert.ThrowsAsync<SocketException>(() => pair.Client.ReceiveAsync(new byte[16]).WaitAsync(LoopPair.Bound));
        await pair.ClosedAsync();
    }

    [Fact]
    public async Task Complete_WhileAFlushWaits_EndsIt()
    {
        await using var pair = await LoopPair.ConnectAsync();
        var filling = pair.FillAsync();

        await pair.Output.CompleteAsync();

        Assert.True((await filling.WaitAsync(LoopPair.Bound)).IsCompleted);
    }
}
