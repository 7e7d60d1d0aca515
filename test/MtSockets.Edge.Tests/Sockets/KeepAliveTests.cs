using MtSockets.Edge.Protocol;
using MtSockets.Edge.Sockets;
using MtSockets.Edge.Tests.Fakes;
using MtSockets.TestKit;

namespace MtSockets.Edge.Tests.Sockets;

public sealed class KeepAliveTests : ServerTests
{
    private const int Interval = 1000;
    private const int Answer = 500;

    private readonly TestServer _server;
    private Connection? _metronome;

    public KeepAliveTests() =>
        _server = AddServer("edge-1", ("Sockets:PingIntervalMs", $"{Interval}"), ("Sockets:PingTimeoutMs", $"{Answer}"));

    [Fact]
    public async Task ExecuteAsync_OfASilentClient_PingsItAndThenClosesIt()
    {
        var client = await ConnectAsync("bob");
        await StartAsync();
        await PassAsync(Interval - 200);
        Assert.Equal(0, PingsOf(client));

        await PassAsync(400);
        Assert.InRange(PingsOf(client), 1, 3);
        Assert.False(client.Closing.IsCompleted);

        await PassAsync(Answer + 200);
        Assert.Same(CloseReason.PingTimeout, await client.Closing.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task ExecuteAsync_OfAClientThatAnswers_KeepsIt()
    {
        var client = await ConnectAsync("bob");
        await StartAsync();

        for (var i = 0; i < 5; i++)
        {
            await PassAsync(Interval + 200);
            Assert.InRange(PingsOf(client), 1, 3);
            await client.Stream!.ReadAtLeastAsync(new byte[2], 2); // its pong
        }

        Assert.False(client.Closing.IsCompleted);
    }

    [Fact]
    public async Task ExecuteAsync_AfterAPauseOfTheWholeProcess_PingsBeforeItCallsAnybodyDead()
    {
        var client = await ConnectAsync("bob");
        await StartAsync();
        await PassAsync(100);

        // No timer fires while a process is stopped: afterwards it is much later at once.
        World.Time.Jump(TimeSpan.FromMilliseconds(10 * (Interval + Answer)));
        await PassAsync(100);

        Assert.False(client.Closing.IsCompleted);
        Assert.InRange(PingsOf(client), 1, 3);
        await PassAsync(Answer + 200);
        Assert.True(client.Closing.IsCompleted);
    }

    [Fact]
    public async Task ExecuteAsync_OfAConnectionWhoseSocketIsNotOpenYet_LeavesItAlone()
    {
        var device = await _server.ConnectAsync("bob");
        await StartAsync();

        await PassAsync(2 * Interval);

        Assert.False(device.Connection.Closing.IsCompleted);
    }

    private async Task StartAsync()
    {
        _metronome = await ConnectAsync("metronome");
        await _server.RunAsync<KeepAlive>();
        await Eventually.TrueAsync(() => World.Time.WaitingTimers > 0, "the timer runs");
    }

    private async Task<Connection> ConnectAsync(string user)
    {
        var device = await _server.ConnectAsync(user);
        var pongs = new MemoryStream([.. Enumerable.Repeat<byte[]>([0x8A, 0x00], 1000).SelectMany(pong => pong)]);
        device.Connection.Stream = new SocketStream(new OneByOne(pongs), device.Connection.Queue, World.Time);
        return device.Connection;
    }

    /// <summary>Lets time pass, tick by tick. When it returns, all ticks but the last have been dealt with to the end.</summary>
    private async Task PassAsync(int milliseconds)
    {
        const int Tick = Answer / 10;
        for (var passed = 0; passed < milliseconds; passed += Tick)
        {
            // Somebody who talks all the time: each tick looks at the clock for him.
            await _metronome!.Stream!.ReadAtLeastAsync(new byte[2], 2);
            var looks = World.Time.Looks;
            World.Time.Advance(TimeSpan.FromMilliseconds(Tick));
            await Eventually.TrueAsync(() => World.Time.Looks > looks, "the tick is dealt with");
        }
    }

    private static int PingsOf(Connection connection)
    {
        var pings = 0;
        while (connection.Queue.TryTake(out var chunk))
        {
            pings += WireFrame.ParseAll(chunk.Memory.Span).Count(frame => frame is { Opcode: 9, Payload: [] });
            connection.Queue.Written(chunk);
        }

        return pings;
    }

    private sealed class OneByOne(Stream inner) : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            inner.ReadAsync(buffer[..Math.Min(2, buffer.Length)], cancellationToken);
    }
}
