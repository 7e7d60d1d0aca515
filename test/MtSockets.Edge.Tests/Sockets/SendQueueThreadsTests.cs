using System.Buffers.Binary;
using System.Text;
using MtSockets.Edge.Sockets;
using MtSockets.Edge.Tests.Fakes;
using MtSockets.Edge.Transport;

namespace MtSockets.Edge.Tests.Sockets;

/// <summary>Many threads add while one writer takes: the case in which two writers to one socket would mix their bytes.</summary>
public sealed class SendQueueThreadsTests
{
    private const int Threads = 8;
    private const int FramesOfEach = 2000;

    [Fact]
    public async Task TryAdd_FromManyThreads_KeepsEveryFrameWholeAndEachThreadsOrder()
    {
        var queue = new SendQueue(64 * 1024 * 1024);
        var output = new MemoryStream();
        var writing = WriteLoop.RunAsync(queue, output, _ => { }, CancellationToken.None);

        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < FramesOfEach; i++)
                Assert.True(queue.TryAdd(Payload(thread, i)));
        })));
        queue.Complete();
        await writing.WaitAsync(TimeSpan.FromSeconds(30));

        AssertInOrder(WireFrame.ParseAll(output.ToArray()));
    }

    [Fact]
    public async Task TryAdd_AmongRawFrames_NeverCutsIntoOne()
    {
        var queue = new SendQueue(64 * 1024 * 1024);
        var output = new MemoryStream();
        var writing = WriteLoop.RunAsync(queue, output, _ => { }, CancellationToken.None);
        byte[] pong = [0x8A, 0x04, 1, 2, 3, 4];

        await Task.WhenAll(
            Task.Run(() =>
            {
                for (var i = 0; i < FramesOfEach; i++)
                    queue.TryAdd(Payload(0, i));
            }),
            Task.Run(() =>
            {
                for (var i = 0; i < FramesOfEach; i++)
                    queue.TryAddRaw(pong);
            }));
        queue.Complete();
        await writing.WaitAsync(TimeSpan.FromSeconds(30));

        var frames = WireFrame.ParseAll(output.ToArray());
        Assert.Equal(FramesOfEach, frames.Count(frame => frame is { Opcode: 0xA, Payload: [1, 2, 3, 4] }));
        Assert.Equal(FramesOfEach, frames.Count(frame => frame.Opcode == 1));
    }

    [Fact]
    public async Task RoomAsync_OfASmallQueueWithABusyWriter_LosesNothingAndNeverHangs()
    {
        var queue = new SendQueue(maxBytes: 512);
        var output = new MemoryStream();
        var writing = WriteLoop.RunAsync(queue, output, _ => { }, CancellationToken.None);
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(30));

        for (var i = 0; i < 20_000; i++)
        {
            var payload = Payload(0, i);
            while (!queue.TryAdd(payload))
                await queue.RoomAsync(bound.Token);
        }

        queue.Complete();
        await writing.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(Enumerable.Range(0, 20_000), WireFrame.ParseAll(output.ToArray()).Select(frame => Number(frame.Payload)));
    }

    [Fact]
    public async Task WriteLoop_OnASocketThatBreaks_EndsWithItsExceptionAndWakesWhoWaitsForRoom()
    {
        var queue = new SendQueue(maxBytes: 100);
        queue.TryAdd(Encoding.ASCII.GetBytes(new string('x', 80)));
        var room = queue.RoomAsync(CancellationToken.None);

        await Assert.ThrowsAsync<IOException>(() => WriteLoop.RunAsync(queue, new BrokenStream(), _ => { }, CancellationToken.None));

        await room.WaitAsync(TimeSpan.FromSeconds(10));
    }

    /// <summary>One batch may hold more for a client than its queue has room for: that is not the client's slowness.</summary>
    [Fact]
    public async Task TryAdd_OfMuchWhileTheWakeIsPutOff_WakesTheWriterBeforeTheQueueIsFull()
    {
        var queue = new SendQueue(maxBytes: 1000);
        var output = new MemoryStream();
        var writing = WriteLoop.RunAsync(queue, output, _ => { }, CancellationToken.None);

        Deferred.Begin();
        try
        {
            Assert.True(queue.TryAdd(new byte[200]));
            Assert.True(queue.TryAdd(new byte[200]));
            // This thread does not come to the end of what it is doing until the writer has taken them.
            Assert.True(SpinWait.SpinUntil(() => queue.TryAdd(new byte[900]), TimeSpan.FromSeconds(30)));
        }
        finally
        {
            Deferred.End();
        }

        queue.Complete();
        await writing.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal([200, 200, 900], WireFrame.ParseAll(output.ToArray()).Select(frame => frame.Payload.Length));
    }

    private static byte[] Payload(int thread, int number)
    {
        // Of different lengths on both sides of the first header limit.
        var payload = new byte[8 + (number % 200)];
        payload.AsSpan().Fill((byte)thread);
        BinaryPrimitives.WriteInt32BigEndian(payload, thread);
        BinaryPrimitives.WriteInt32BigEndian(payload.AsSpan(4), number);
        return payload;
    }

    private static int Number(byte[] payload) => BinaryPrimitives.ReadInt32BigEndian(payload.AsSpan(4));

    private static void AssertInOrder(IReadOnlyList<WireFrame> frames)
    {
        Assert.Equal(Threads * FramesOfEach, frames.Count);
        var next = new int[Threads];
        foreach (var frame in frames)
        {
            var thread = BinaryPrimitives.ReadInt32BigEndian(frame.Payload);
            Assert.Equal(next[thread]++, Number(frame.Payload));
            Assert.All(frame.Payload[8..], value => Assert.Equal((byte)thread, value));
        }
    }

    private sealed class BrokenStream : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new IOException("broken");
    }
}
