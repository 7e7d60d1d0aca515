using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using MtSockets.Edge.Transport;

namespace MtSockets.Edge.Tests.Transport;

/// <summary>Many connections over an echo, half of whose connections go on where the loop is.</summary>
public sealed class LoopStressTests : IAsyncLifetime
{
    private readonly LoopListener _listener = LoopPair.Listen();
    private Task _accepting = Task.CompletedTask;
    private int _accepted;

    public Task InitializeAsync()
    {
        _accepting = Task.Run(AcceptAsync);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _listener.DisposeAsync();
        await _accepting.WaitAsync(LoopPair.Bound);
    }

    [Fact]
    public async Task Connections_ThatComeAndGoBesideOthers_EachGetTheirOwnBytes()
    {
        var lasting = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => ConnectAsync()));

        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            for (var i = 0; i < 400; i++)
            {
                using var client = await ConnectAsync();
                await EchoAsync(client, (worker * 1000) + i);
                if (i % 3 == 0)
                    client.LingerState = new LingerOption(true, 0);
            }
        })));

        // Beside them, places were taken and given back all the time.
        for (var i = 0; i < lasting.Length; i++)
        {
            await EchoAsync(lasting[i], -i);
            lasting[i].Dispose();
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Connections_WithChunksOfAnySizeBothWays_LoseNothing(int seed)
    {
        await Task.WhenAll(Enumerable.Range(0, 50).Select(number => Task.Run(async () =>
        {
            using var client = await ConnectAsync();
            var random = new Random((seed * 1000) + number);
            var sent = LoopPair.Bytes(random.Next(1, 1_000_000), random.Next());
            var receiving = ReceiveAsync(client, new Random(random.Next()));
            for (var next = 0; next < sent.Length;)
            {
                var count = Math.Min(sent.Length - next, ChunkSize(random));
                next += await client.SendAsync(sent.AsMemory(next, count));
            }

            client.Shutdown(SocketShutdown.Send);
            Assert.Equal(sent, await receiving.WaitAsync(LoopPair.Bound));
        })));
    }

    private static int ChunkSize(Random random) => random.Next(4) switch
    {
        0 => 1,
        1 => random.Next(1, 200),
        2 => random.Next(1, 20_000),
        _ => random.Next(1, 200_000),
    };

    private static async Task<byte[]> ReceiveAsync(Socket client, Random random)
    {
        var all = new ArrayBufferWriter<byte>();
        while (await client.ReceiveAsync(all.GetMemory(ChunkSize(random))) is > 0 and var count)
            all.Advance(count);
        return all.WrittenSpan.ToArray();
    }

    private static async Task EchoAsync(Socket client, int number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        await client.SendAsync(bytes);
        bytes.AsSpan().Clear();
        await using var stream = new NetworkStream(client, ownsSocket: false);
        await stream.ReadExactlyAsync(bytes).AsTask().WaitAsync(LoopPair.Bound);
        Assert.Equal(number, BinaryPrimitives.ReadInt32BigEndian(bytes));
    }

    private async Task<Socket> ConnectAsync()
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await client.ConnectAsync(_listener.EndPoint);
        return client;
    }

    private async Task AcceptAsync()
    {
        while (await _listener.AcceptAsync() is { } connection)
            _ = Task.Run(() => ServeAsync(connection));
    }

    private async Task ServeAsync(ConnectionContext connection)
    {
        if (Interlocked.Increment(ref _accepted) % 2 == 0)
            connection.Features.Get<IInlineFeature>()!.GoInline();
        try
        {
            await connection.Transport.Input.CopyToAsync(connection.Transport.Output);
        }
        catch (ConnectionResetException)
        {
            // As a third of the short ones end.
        }

        await connection.DisposeAsync();
    }
}
