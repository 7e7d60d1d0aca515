using BenchmarkDotNet.Attributes;
using MtSockets.Contracts.Bus;
using MtSockets.Edge.Protocol;
using MtSockets.Infrastructure.Outbox;

namespace MtSockets.MicroBench.Outbox;

/// <summary>What a message costs in a batch between two servers, depending on how many share it.</summary>
[MemoryDiagnoser]
public class BatchBenchmarks
{
    private const int Messages = 512;

    private readonly OutboxBuffer _buffer = new();
    private readonly ServerMessage _message =
        new(ServerMessageKind.Deliver, "bob", FrameWriter.Message("alice", "bob", SampleFrames.Body));

    private MessageBatch _batch = new(default);

    [Params(1, 32, 512)]
    public int Size { get; set; }

    [GlobalSetup(Target = nameof(Read))]
    public void Fill() => _batch = new MessageBatch(WriteOne().Json.ToArray());

    [Benchmark(OperationsPerInvoke = Messages)]
    public int Write()
    {
        var bytes = 0;
        for (var batch = 0; batch < Messages / Size; batch++)
            bytes += WriteOne().Json.Length;
        return bytes;
    }

    [Benchmark(OperationsPerInvoke = Messages)]
    public int Read()
    {
        var bytes = 0;
        for (var batch = 0; batch < Messages / Size; batch++)
        {
            foreach (var message in _batch)
                bytes += message.Frame.Length;
        }

        return bytes;
    }

    private MessageBatch WriteOne()
    {
        _buffer.Clear();
        for (var i = 0; i < Size; i++)
            _buffer.Add(_message, origin: null);
        return _buffer.Batch(0, Size);
    }
}
