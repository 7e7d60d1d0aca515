using BenchmarkDotNet.Attributes;
using MtSockets.Edge.Protocol;
using MtSockets.Edge.Sockets;

namespace MtSockets.MicroBench.Sockets;

/// <summary>What a frame costs in the queue of its connection, depending on how many leave with one write.</summary>
[MemoryDiagnoser]
public class SendQueueBenchmarks
{
    private const int Frames = 32;

    private readonly SendQueue _queue = new(new SocketOptions().SendQueueBytes);
    private readonly byte[] _frame = FrameWriter.Message("alice", "bob", SampleFrames.Body);

    [Params(1, 32)]
    public int FramesATake { get; set; }

    [Benchmark(OperationsPerInvoke = Frames)]
    public int AddAndTake()
    {
        var bytes = 0;
        for (var take = 0; take < Frames / FramesATake; take++)
        {
            for (var i = 0; i < FramesATake; i++)
                _queue.TryAdd(_frame);
            _queue.TryTake(out var chunk);
            _queue.Written(chunk);
            bytes += chunk.Length;
        }

        return bytes;
    }
}
