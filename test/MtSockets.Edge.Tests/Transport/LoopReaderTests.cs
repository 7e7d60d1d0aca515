using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Connections;

namespace MtSockets.Edge.Tests.Transport;

public sealed class LoopReaderTests
{
    [Fact]
    public async Task ReadAsync_AfterAPartWasConsumed_GivesTheRestAtOnce()
    {
        await using var pair = await LoopPair.ConnectAsync();
        await pair.Client.SendAsync("onetwo"u8.ToArray());

        var first = await pair.Input.ReadAtLeastAsync(6).AsTask().WaitAsync(LoopPair.Bound);
        pair.Input.AdvanceTo(first.Buffer.GetPosition(3));
        var second = pair.Input.ReadAsync().AsTask();

        Assert.True(second.IsCompletedSuccessfully);
        Assert.Equal("two", Encoding.ASCII.GetString((await second).Buffer));
        pair.Input.AdvanceTo((await second).Buffer.End);
    }

    [Fact]
    public async Task ReadAsync_AfterAllWasExaminedAndNothingConsumed_WaitsForMoreAndKeepsWhatWasThere()
    {
        await using var pair = await LoopPair.ConnectAsync();
        await pair.Client.SendAsync("one"u8.ToArray());
        var first = await pair.Input.ReadAtLeastAsync(3).AsTask().WaitAsync(LoopPair.Bound);
        pair.Input.AdvanceTo(first.Buffer.Start, first.Buffer.End);

        var reading = pair.Input.ReadAsync().AsTask();
        Assert.False(reading.IsCompleted);
        await pair.Client.SendAsync("two"u8.ToArray());

        Assert.Equal("onetwo", Encoding.ASCII.GetString((await reading.WaitAsync(LoopPair.Bound)).Buffer));
    }

    [Fact]
    public async Task ReadAsync_OfOneByteAtATimeThatNobodyConsumes_GrowsAndLosesNothing()
    {
        await using var pair = await LoopPair.ConnectAsync();
        var sent = LoopPair.Bytes(100_000);

        // Consumes one byte of every hundred that it sees: the buffer has to move as well as to grow.
        var received = new List<byte>();
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < sent.Length; i += 100)
                await pair.Client.SendAsync(sent.AsMemory(i, 100));
        });
        for (var seen = 0L; seen < sent.Length;)
        {
            var result = await pair.Input.ReadAsync().AsTask().WaitAsync(LoopPair.Bound);
            seen = received.Count + result.Buffer.Length;
            received.Add(result.Buffer.FirstSpan[0]);
            pair.Input.AdvanceTo(result.Buffer.GetPosition(1), result.Buffer.End);
        }

        await sending;
        pair.Client.Shutdown(SocketShutdown.Send);
        received.AddRange(await pair.ReadAllAsync());
        Assert.Equal(sent, received);
    }

    [Fact]
    public async Task ReadAsync_OfDataAndEndAtOnce_LosesNeitherAndClosesManyTimes()
    {
        await using var listener = LoopPair.Listen();
        for (var i = 0; i < 500; i++)
        {
            await using var pair = await LoopPair.ConnectAsync(listener);
            var sent = LoopPair.Bytes(1 + (i * 97 % 40_000), seed: i);
            // In half of the cases somebody waits when it comes.
            var early = i % 2 == 0 ? pair.ReadAllAsync() : null;

            await pair.Client.SendAsync(sent);
            pair.Client.Shutdown(SocketShutdown.Send);

            Assert.Equal(sent, await (early ?? pair.ReadAllAsync()));
            await pair.ClosedAsync();
        }
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(10, false)]
    [InlineData(10, true)]
    public async Task Client_ThatEndsWhileNobodyReads_ClosesTheConnection(int unread, bool isInHand)
    {
        await using var pair = await LoopPair.ConnectAsync();
        await pair.Client.SendAsync(new byte[unread]);
        if (isInHand)
            Assert.Equal(unread, (await pair.Input.ReadAtLeastAsync(unread).AsTask().WaitAsync(LoopPair.Bound)).Buffer.Length);

        pair.Client.Shutdown(SocketShutdown.Send);

        await pair.ClosedAsync();
        if (isInHand)
            pair.Input.AdvanceTo((await pair.Input.ReadAsync()).Buffer.Start);
        Assert.Equal(unread, (await pair.ReadAllAsync()).Length);
    }

    [Fact]
    public async Task Client_ThatResetsWithMoreUnreadThanIsTakenInAdvance_ClosesTheConnection()
    {
        await using var pair = await LoopPair.ConnectAsync();
        await pair.Client.SendAsync(new byte[60_000]);

        pair.Reset();

        await pair.ClosedAsync();
    }

    [Fact]
    public async Task ReadAsync_OfAClientThatResets_ThrowsAndGoesOnThrowing()
    {
        await using var pair = await LoopPair.ConnectAsync();
        var reading = pair.Input.ReadAsync().AsTask();

        pair.Reset();

        await Assert.ThrowsAsync<ConnectionResetException>(() => reading.WaitAsync(LoopPair.Bound));
        await Assert.ThrowsAsync<ConnectionResetException>(() => pair.Input.ReadAsync().AsTask().WaitAsync(LoopPair.Bound));
        await pair.ClosedAsync();
    }

    [Fact]
    public async Task CancelPendingRead_BeforeAndDuringARead_EndsOneReadAndNoMore()
    {
        await using var pair = await LoopPair.ConnectAsync();
        pair.Input.CancelPendingRead();
        var before = await pair.Input.ReadAsync().AsTask().WaitAsync(LoopPair.Bound);
        pair.Input.AdvanceTo(before.Buffer.End);
        var reading = pair.Input.ReadAsync().AsTask();
        Assert.False(reading.IsCompleted);

        pair.Input.CancelPendingRead();
        var during = await reading.WaitAsync(LoopPair.Bound);
        pair.Input.AdvanceTo(during.Buffer.End);
        var next = pair.Input.ReadAsync().AsTask();
        await pair.Client.SendAsync(new byte[1]);

        Assert.True(before.IsCanceled);
        Assert.True(during is { IsCanceled: true, Buffer.IsEmpty: true });
        Assert.True((await next.WaitAsync(LoopPair.Bound)) is { IsCanceled: false, Buffer.Length: 1 });
    }

    [Fact]
    public async Task AdvanceTo_OfAnEmptyResultAfterSomethingHasCome_LeavesThatAlone()
    {
        await using var pair = await LoopPair.ConnectAsync();
        pair.Input.CancelPendingRead();
        var cancelled = await pair.Input.ReadAsync();
        await pair.Client.SendAsync("late"u8.ToArray());
        pair.Client.Shutdown(SocketShutdown.Send);
        // Then the loop has taken it in, to see the end behind it.
        await pair.ClosedAsync();

        pair.Input.AdvanceTo(cancelled.Buffer.Start, cancelled.Buffer.End);

        Assert.Equal("late", Encoding.ASCII.GetString(await pair.ReadAllAsync()));
    }

    [Fact]
    public async Task ReadAsync_WithATokenThatIsCancelled_ThrowsAndTheNextReadGoesOn()
    {
        await using var pair = await LoopPair.ConnectAsync();
        using var source = new CancellationTokenSource();
        var reading = pair.Input.ReadAsync(source.Token).AsTask();

        await source.CancelAsync();

        var thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(LoopPair.Bound));
        Assert.Equal(source.Token, thrown.CancellationToken);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pair.Input.ReadAsync(source.Token).AsTask());
        var next = pair.Input.ReadAsync().AsTask();
        await pair.Client.SendAsync(new byte[1]);
        Assert.Equal(1, (await next.WaitAsync(LoopPair.Bound)).Buffer.Length);
    }

    /// <summary>The callback of a token may run while the read it belongs to is over and the next one waits.</summary>
    [Fact]
    public async Task ReadAsync_WithoutAToken_IsNeverEndedByTheTokenOfAnEarlierOne()
    {
        await using var pair = await LoopPair.ConnectAsync();
        for (var i = 0; i < 2000; i++)
        {
            using var source = new CancellationTokenSource();
            var cancelling = Task.Run(source.Cancel);
            try
            {
                // Ends in some way or other around the moment in which it is cancelled.
                if (i % 2 == 0)
                    await pair.Client.SendAsync(new byte[1]);
                var result = await pair.Input.ReadAsync(source.Token).AsTask().WaitAsync(LoopPair.Bound);
                pair.Input.AdvanceTo(result.Buffer.End);
            }
            catch (OperationCanceledException)
            {
                await pair.Client.SendAsync(new byte[1]);
            }

            var next = pair.Input.ReadAsync();
            if (!next.IsCompleted)
                await pair.Client.SendAsync(new byte[1]);
            pair.Input.AdvanceTo((await next.AsTask().WaitAsync(LoopPair.Bound)).Buffer.End);
            await cancelling;
        }
    }

    [Fact]
    public async Task ReadAsync_WhileAnotherWaits_IsRefusedAndLeavesThatAlone()
    {
        await using var pair = await LoopPair.ConnectAsync();
        var reading = pair.Input.ReadAsync().AsTask();

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await pair.Input.ReadAsync());

        await pair.Client.SendAsync(new byte[1]);
        Assert.Equal(1, (await reading.WaitAsync(LoopPair.Bound)).Buffer.Length);
    }
}
