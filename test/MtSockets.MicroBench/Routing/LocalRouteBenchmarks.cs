using BenchmarkDotNet.Attributes;
using MtSockets.Edge.Protocol;
using MtSockets.Edge.Sockets;
using MtSockets.MicroBench.Servers;

namespace MtSockets.MicroBench.Routing;

/// <summary>
/// The whole way of a message to somebody on the same server, but for the sockets: from the bytes of the sender's frame to the
/// bytes that the recipient's writer takes.
/// </summary>
[MemoryDiagnoser]
public class LocalRouteBenchmarks
{
    private const int Messages = 32;

    private InboundFrames _inbound = null!;
    private Connection _sender = null!;
    private Connection _receiver = null!;
    private byte[] _frame = [];

    [Params(1, 32)]
    public int FramesATake { get; set; }

    [GlobalSetup(Target = nameof(Plain))]
    public Task SetUpPlainAsync() => SetUpAsync(Dialect.Plain, SampleFrames.Plain);

    [GlobalSetup(Target = nameof(V1))]
    public Task SetUpV1Async() => SetUpAsync(Dialect.V1, SampleFrames.V1WithoutId);

    [Benchmark(Baseline = true, OperationsPerInvoke = Messages)]
    public int Plain() => Send();

    [Benchmark(OperationsPerInvoke = Messages)]
    public int V1() => Send();

    private int Send()
    {
        var bytes = 0;
        for (var take = 0; take < Messages / FramesATake; take++)
        {
            for (var i = 0; i < FramesATake; i++)
                _inbound.TryHandle(_sender, _frame);
            if (!_receiver.Queue.TryTake(out var chunk))
                throw new InvalidOperationException("The message did not arrive.");
            _receiver.Queue.Written(chunk);
            bytes += chunk.Length;
        }

        return bytes;
    }

    private async Task SetUpAsync(Dialect dialect, byte[] frame)
    {
        var server = new BenchServer();
        _inbound = new InboundFrames(server.Get<InboundContext>());
        _sender = await server.ConnectAsync("alice", dialect);
        _receiver = await server.ConnectAsync("bob", dialect);
        _frame = frame;
    }
}
