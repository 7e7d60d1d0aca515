using System.Buffers;
using System.Text;
using MtSockets.Edge.Sockets;
using MtSockets.Edge.Tests.Fakes;

namespace MtSockets.Edge.Tests.Sockets;

public sealed class SendQueueTests
{
    private const int Room = 1024 * 1024;

    [Theory]
    [InlineData(0, new byte[] { 0x81, 0 })]
    [InlineData(1, new byte[] { 0x81, 1 })]
    [InlineData(125, new byte[] { 0x81, 125 })]
    [InlineData(126, new byte[] { 0x81, 126, 0, 126 })]
    [InlineData(65535, new byte[] { 0x81, 126, 0xFF, 0xFF })]
    [InlineData(65536, new byte[] { 0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0 })]
    public void TryAdd_OfAnyLength_WritesTheHeaderOfRfc6455(int length, byte[] header)
    {
        var queue = new SendQueue(Room);
        var payload = new byte[length];
        Random.Shared.NextBytes(payload);

        Assert.True(queue.TryAdd(payload));

        var bytes = TakeAll(queue);
        Assert.Equal(header, bytes[..header.Length]);
        Assert.Equal(payload, bytes[header.Length..]);
    }

    [Fact]
    public void TryAdd_InThreeParts_IsOneFrame()
    {
        var queue = new SendQueue(Room);

        queue.TryAdd("{\"a\":1"u8, ",\"seq\":2"u8, "}"u8);

        Assert.Equal("{\"a\":1,\"seq\":2}", Assert.Single(WireFrame.ParseAll(TakeAll(queue))).Text);
    }

    [Fact]
    public void TryTake_AfterSeveralFrames_GivesAllAtOnceInOrderWithTheHighestNumber()
    {
        var queue = new SendQueue(Room);
        queue.TryAdd("one"u8, seq: 7);
        queue.TryAdd("two"u8, seq: 8);
        queue.TryAdd("three"u8);

        Assert.True(queue.TryTake(out var chunk));

        Assert.Equal(["one", "two", "three"], WireFrame.ParseAll(chunk.Memory.Span).Select(frame => frame.Text));
        Assert.Equal(8, chunk.Seq);
        Assert.False(queue.TryTake(out _));
        queue.Written(chunk);
        queue.TryAdd("four"u8);
        Assert.True(queue.TryTake(out var next));
        Assert.Equal(0, next.Seq);
    }

    [Fact]
    public void TryAdd_BeyondTheBound_IsRefusedUntilTheChunkIsWritten()
    {
        var queue = new SendQueue(maxBytes: 1000);
        Assert.True(queue.TryAdd(new byte[600]));
        Assert.False(queue.TryAdd(new byte[600]));

        Assert.True(queue.TryTake(out var chunk));
        Assert.False(queue.TryAdd(new byte[600])); // with the socket still counts

        queue.Written(chunk);
        Assert.True(queue.TryAdd(new byte[600]));
    }

    [Fact]
    public void TryAdd_WhatWasRefused_LeavesNothingBehind()
    {
        var queue = new SendQueue(maxBytes: 100);
        queue.TryAdd(Encoding.ASCII.GetBytes(new string('a', 80)));
        queue.TryAdd(Encoding.ASCII.GetBytes(new string('b', 80)));
        queue.TryAdd("c"u8);

        Assert.Equal([new string('a', 80), "c"], WireFrame.ParseAll(TakeAll(queue)).Select(frame => frame.Text));
    }

    [Fact]
    public void TryAddRaw_WhereTheQueueIsFull_StillTakesASmallFrame()
    {
        var queue = new SendQueue(maxBytes: 1000);
        queue.TryAdd(new byte[900]);
        Assert.False(queue.TryAdd(new byte[200]));

        Assert.True(queue.TryAddRaw([0x88, 0x02, 0x0F, 0xA0]));
        Assert.False(queue.TryAddRaw(new byte[8192]));

        Assert.Equal([0x88, 0x02, 0x0F, 0xA0], TakeAll(queue)[^4..]);
    }

    [Fact]
    public async Task WaitAsync_OnAnEmptyQueue_CompletesWithTheNextFrame()
    {
        var queue = new SendQueue(Room);
        var waiting = queue.WaitAsync().AsTask();
        Assert.False(waiting.IsCompleted);

        queue.TryAdd("x"u8);

        Assert.True(await waiting.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task WaitAsync_ManyTimes_WakesEachTime()
    {
        var queue = new SendQueue(Room);
        for (var i = 0; i < 1000; i++)
        {
            var waiting = queue.WaitAsync().AsTask();
            if (i % 2 == 0)
                queue.TryAdd("x"u8);
            else
                queue.TryAddRaw([0x89, 0]);
            Assert.True(await waiting.WaitAsync(TimeSpan.FromSeconds(10)));
            queue.TryTake(out var chunk);
            queue.Written(chunk);
        }
    }

    [Fact]
    public async Task Complete_WhileTheWriterWaits_EndsTheWait()
    {
        var queue = new SendQueue(Room);
        var waiting = queue.WaitAsync().AsTask();

        queue.Complete();

        Assert.False(await waiting.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.False(await queue.WaitAsync());
    }

    [Fact]
    public async Task Complete_WithFramesWaiting_GivesThemOutFirst()
    {
        var queue = new SendQueue(Room);
        queue.TryAdd("last"u8);

        queue.Complete();

        Assert.True(await queue.WaitAsync());
        Assert.Equal("last", Assert.Single(WireFrame.ParseAll(TakeAll(queue))).Text);
        Assert.False(await queue.WaitAsync());
    }

    [Fact]
    public void TryAdd_AfterComplete_CallsNobodyTooSlow()
    {
        var queue = new SendQueue(maxBytes: 100);
        queue.Complete();

        Assert.True(queue.TryAdd(new byte[1000]));
        Assert.True(queue.TryAddRaw(new byte[10_000]));
        Assert.False(queue.TryTake(out _));
    }

    [Fact]
    public async Task RoomAsync_OnAFullQueue_CompletesWhenTheChunkIsWritten()
    {
        var queue = new SendQueue(maxBytes: 1000);
        queue.TryAdd(new byte[900]);
        var room = queue.RoomAsync(CancellationToken.None);
        Assert.True(queue.TryTake(out var chunk));
        Assert.False(room.IsCompleted);

        queue.Written(chunk);

        await room.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.True(queue.RoomAsync(CancellationToken.None).IsCompletedSuccessfully);
    }

    [Fact]
    public void Written_GivesTheBufferBackAndKeepsNone()
    {
        var queue = new SendQueue(Room);
        queue.TryAdd("x"u8);
        queue.TryTake(out var chunk);

        queue.Written(chunk);

        // What a thread returned last is what it rents next, so the buffer must be the pool's again.
        var rented = ArrayPool<byte>.Shared.Rent(chunk.Buffer.Length);
        Assert.Same(chunk.Buffer, rented);
        queue.TryAdd("y"u8);
        queue.TryTake(out var next);
        Assert.NotSame(chunk.Buffer, next.Buffer);
    }

    private static byte[] TakeAll(SendQueue queue)
    {
        var bytes = new List<byte>();
        while (queue.TryTake(out var chunk))
        {
            bytes.AddRange(chunk.Memory.Span);
            queue.Written(chunk);
        }

        return [.. bytes];
    }
}
