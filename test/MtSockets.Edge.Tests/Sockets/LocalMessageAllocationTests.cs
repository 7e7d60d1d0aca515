using System.Net.WebSockets;
using System.Text;
using Microsoft.Extensions.ObjectPool;
using MtSockets.Edge.Protocol;
using MtSockets.Edge.Sockets;
using MtSockets.Edge.Tests.Fakes;

namespace MtSockets.Edge.Tests.Sockets;

/// <summary>A message to somebody on the same server lives in pooled memory alone, from the socket of its sender to the writer of its receiver.</summary>
public sealed class LocalMessageAllocationTests : ServerTests
{
    // A multiple of every number of frames that are sent at once.
    private const int Messages = 9_600;
    private const int Rounds = 5;

    // The length of the largest payload with the short header, so that a frame on the wire is easily made.
    private const int FrameBytes = 125;

#if DEBUG
    // A debug build makes an object for every call of an async method, even of one that ends at once: 240 bytes for a frame that comes alone.
    private const int AllowedAFrame = 320;
#else
    private const int AllowedAFrame = 0;
#endif

    private static readonly byte[] Plain = Frame("""{"to":"bob","body":"…"}""");
    private static readonly byte[] Typed = Frame("""{"to":"bob","type":"chat","body":"…"}""");

    [Theory]
    [InlineData(1)]
    [InlineData(32)]
    public async Task TryHandle_OfAPlainMessageToAUserHere_AllocatesNothing(int framesATake)
    {
        var server = AddServer();
        var alice = await server.ConnectAsync("alice");
        var bob = await server.ConnectAsync("bob");

        await AssertAllocatesAtMostAsync(0, alice, Handling(alice, Plain, framesATake), framesATake, bob);
    }

    [Fact]
    public async Task TryHandle_OfAPlainMessageToSeveralDevices_AllocatesNothing()
    {
        var server = AddServer();
        var alice = await server.ConnectAsync("alice");
        var phone = await server.ConnectAsync("bob");
        var laptop = await server.ConnectAsync("bob", Dialect.V1);

        await AssertAllocatesAtMostAsync(0, alice, Handling(alice, Plain, 1), 1, phone, laptop);
    }

    [Fact]
    public async Task TryHandle_OfAMessageWithATypeInTheSubprotocol_AllocatesNothing()
    {
        var server = AddServer();
        var alice = await server.ConnectAsync("alice", Dialect.V1);
        var bob = await server.ConnectAsync("bob", Dialect.V1);

        await AssertAllocatesAtMostAsync(0, alice, Handling(alice, Typed, 1), 1, bob);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(32)]
    public async Task RunAsync_OfTheReceiveLoopOnPlainMessagesToAUserHere_AllocatesNothing(int framesARead)
    {
        var server = AddServer();
        var alice = await server.ConnectAsync("alice");
        var bob = await server.ConnectAsync("bob");

        await AssertAllocatesAtMostAsync(AllowedAFrame, alice, Reading(server, alice, Plain, framesARead), framesARead, bob);
    }

    /// <summary>Has the frames handled as the reader does with each.</summary>
    private static Action Handling(Device sender, byte[] frame, int count) => () =>
    {
        for (var i = 0; i < count; i++)
            sender.Inbound.TryHandle(sender.Connection, frame);
    };

    /// <summary>Has the frames come from the socket with one read.</summary>
    private static Action Reading(TestServer server, Device sender, byte[] frame, int count)
    {
        // Final, text; masked with zeros, which changes nothing.
        byte[] wire = [0x81, 0x80 | FrameBytes, 0, 0, 0, 0, .. frame];
        byte[] read = [.. Enumerable.Repeat(wire, count).SelectMany(bytes => bytes)];
        var socket = new FedStream();
        var stream = new SocketStream(socket, sender.Connection.Queue, TimeProvider.System);
        var loop = new ReceiveLoop(
            sender.Connection,
            WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true }),
            stream,
            server.Get<ObjectPool<InboundFrames>>(),
            new SocketOptions(),
            server.Get<SocketMetrics>());
        Task? running = null;
        return () =>
        {
            // Begun by who feeds it: the loop goes on wherever it began.
            running ??= loop.RunAsync(CancellationToken.None);
            socket.Feed(read);
        };
    }

    private static async Task AssertAllocatesAtMostAsync(int bytesAFrame, Device sender, Action send, int framesATake, params Device[] receivers)
    {
        // What comes while the log is read for the first time is held back, which costs memory.
        await sender.SendAsync("""{"to":"bob","body":"first"}""");
        foreach (var receiver in receivers)
        {
            while (!(await receiver.NextAsync()).Contains("first", StringComparison.Ordinal))
            {
            }
        }

        // On a thread of the pool: that of a test has a context, to which every await would be posted.
        var least = await Task.Run(() => LeastAllocated(send, framesATake, receivers));
        Assert.InRange(least, 0, bytesAFrame * Messages);
    }

    /// <summary>
    /// The bytes of the round that allocated least. What a message allocates, it allocates in every round; only a collection
    /// that some other test has caused empties the array pool, and what is rented next is new.
    /// </summary>
    private static long LeastAllocated(Action send, int framesATake, Device[] receivers)
    {
        var least = long.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var sent = 0; sent < Messages; sent += framesATake)
            {
                send();
                foreach (var receiver in receivers)
                    Take(receiver, framesATake);
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }

    private static void Take(Device receiver, int frames)
    {
        Assert.True(receiver.Connection.Queue.TryTake(out var chunk));
        Assert.True(chunk.Length > frames * FrameBytes);
        receiver.Connection.Queue.Written(chunk);
    }

    private static byte[] Frame(string form) =>
        Encoding.ASCII.GetBytes(form.Replace("…", new string('x', FrameBytes - form.Length + 1), StringComparison.Ordinal));
}
