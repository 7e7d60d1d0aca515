using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using MtSockets.Edge.Transport;

namespace MtSockets.Edge.Tests.Transport;

/// <summary>Both ends of one connection: what Kestrel would get of it, and the client's plain socket.</summary>
internal sealed class LoopPair(LoopConnection server, Socket client) : IAsyncDisposable
{
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    public LoopConnection Server { get; } = server;

    public Socket Client { get; } = client;

    public PipeReader Input => Server.Transport.Input;

    public PipeWriter Output => Server.Transport.Output;

    public static async Task<LoopPair> ConnectAsync()
    {
        await using var listener = Listen();
        return await ConnectAsync(listener);
    }

    /// <summary>Over a listener of the test's own, of which nobody else accepts at the moment.</summary>
    public static async Task<LoopPair> ConnectAsync(LoopListener listener)
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await client.ConnectAsync(listener.EndPoint);
        var accepted = await listener.AcceptAsync().AsTask().WaitAsync(Bound);
        return new LoopPair(Assert.IsType<LoopConnection>(accepted), client);
    }

    public static LoopListener Listen(int loops = 2) => Listen(static () => int.MaxValue, loops);

    public static LoopListener Listen(Func<int> filesForClients, int loops = 2) =>
        new(new IPEndPoint(IPAddress.Loopback, 0), SocketLoops.Take(loops), filesForClients, NullLogger.Instance);

    /// <summary>Closes the client's end so that the server gets a reset.</summary>
    public void Reset()
    {
        Client.LingerState = new LingerOption(true, 0);
        Client.Dispose();
    }

    public Task ClosedAsync()
    {
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Server.ConnectionClosed.Register(closed.SetResult);
        return closed.Task.WaitAsync(Bound);
    }

    /// <summary>Reads what the client sends up to its end.</summary>
    public async Task<byte[]> ReadAllAsync()
    {
        var all = new MemoryStream();
        await Input.CopyToAsync(all).WaitAsync(Bound);
        return all.ToArray();
    }

    /// <summary>Reads so many bytes from the server.</summary>
    public async Task<byte[]> ReceiveAsync(int count)
    {
        var bytes = new byte[count];
        await using var stream = new NetworkStream(Client, ownsSocket: false);
        await stream.ReadExactlyAsync(bytes).AsTask().WaitAsync(Bound);
        return bytes;
    }

    /// <summary>Writes more than the kernel takes, and returns the flush that waits for the client.</summary>
    public Task<FlushResult> FillAsync(CancellationToken cancellationToken = default)
    {
        Output.Write(Bytes(32 * 1024 * 1024));
        var flush = Output.FlushAsync(cancellationToken).AsTask();
        Assert.False(flush.IsCompleted);
        return flush;
    }

    /// <summary>Different at each place, so that a byte that is lost, doubled or out of order shows.</summary>
    public static byte[] Bytes(int count, int seed = 1)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Client.Dispose();
    }
}
