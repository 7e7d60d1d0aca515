using System.IO.Pipelines;
using System.Text;
using MtSockets.Edge.Sockets;
using MtSockets.Edge.Tests.Fakes;

namespace MtSockets.Edge.Tests.Sockets;

public sealed class SocketStreamTests : IDisposable
{
    private readonly Pipe _fromClient = new();
    private readonly SendQueue _queue = new(64 * 1024);
    private readonly FakeTime _time = new();
    private readonly SocketStream _stream;

    public SocketStreamTests() => _stream = new SocketStream(_fromClient.Reader.AsStream(), _queue, _time);

    public void Dispose() => _stream.Dispose();

    [Fact]
    public async Task ReadAsync_InSmallPieces_GivesWhatCameInAtOnceWithoutAskingAgain()
    {
        await ClientSends("hello");
        var buffer = new byte[2];

        Assert.Equal(2, await _stream.ReadAsync(buffer));
        Assert.True(_stream.HasBuffered);
        Assert.Equal("he", Encoding.ASCII.GetString(buffer));
        Assert.Equal(2, await _stream.ReadAsync(buffer));
        Assert.Equal(1, await _stream.ReadAsync(buffer));
        Assert.False(_stream.HasBuffered);
    }

    [Fact]
    public async Task ReadAsync_OfNothing_WaitsUntilThereIsSomethingAndTakesNoneOfIt()
    {
        var waiting = _stream.ReadAsync(Memory<byte>.Empty).AsTask();
        Assert.False(waiting.IsCompleted);

        await ClientSends("hello");

        Assert.Equal(0, await waiting.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.False(_stream.HasBuffered);
        var buffer = new byte[16];
        Assert.Equal(5, await _stream.ReadAsync(buffer));
    }

    [Fact]
    public async Task ReadAsync_OfMoreThanOneReadAhead_KeepsTheBytesInOrder()
    {
        var sent = new byte[50_000];
        Random.Shared.NextBytes(sent);
        var sending = Task.Run(async () =>
        {
            await _fromClient.Writer.WriteAsync(sent);
            await _fromClient.Writer.CompleteAsync();
        });

        var received = new MemoryStream();
        var buffer = new byte[777];
        while (await _stream.ReadAsync(buffer) is var count and > 0)
            received.Write(buffer, 0, count);

        await sending;
        Assert.Equal(sent, received.ToArray());
    }

    [Fact]
    public async Task ReadAsync_AtTheEnd_IsZero()
    {
        await _fromClient.Writer.CompleteAsync();

        Assert.Equal(0, await _stream.ReadAsync(new byte[8]));
        Assert.False(_stream.HasBuffered);
    }

    [Fact]
    public async Task LastRead_MovesWithWhatComesInAlone()
    {
        var opened = _stream.LastRead;
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(opened, _stream.LastRead);

        await ClientSends("x");
        Assert.Equal(1, await _stream.ReadAsync(new byte[8]));

        Assert.Equal(TimeSpan.FromSeconds(5), _time.GetElapsedTime(opened, _stream.LastRead));
    }

    [Fact]
    public async Task WriteAsync_GoesToTheQueueAndNeverToTheSocket()
    {
        await _stream.WriteAsync(new byte[] { 0x8A, 0x00 });
        await _stream.FlushAsync();

        Assert.True(_queue.TryTake(out var chunk));
        Assert.Equal([0x8A, 0x00], chunk.Memory.ToArray());
    }

    [Fact]
    public async Task WriteAsync_OfMoreThanTheQueueTakes_FailsAsASocketWould() =>
        await Assert.ThrowsAsync<IOException>(async () => await _stream.WriteAsync(new byte[128 * 1024]));

    private async Task ClientSends(string text) => await _fromClient.Writer.WriteAsync(Encoding.ASCII.GetBytes(text));
}
