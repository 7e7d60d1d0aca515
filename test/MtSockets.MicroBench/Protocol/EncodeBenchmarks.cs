using System.Buffers;
using BenchmarkDotNet.Attributes;
using MtSockets.Edge.Protocol;

namespace MtSockets.MicroBench.Protocol;

/// <summary>Writing the frame that a recipient gets.</summary>
[MemoryDiagnoser]
public class EncodeBenchmarks
{
    // A time as messages carry it: its number of digits counts.
    private const long At = 1_790_000_000_000;

    private readonly ArrayBufferWriter<byte> _output = new(8192);
    private readonly byte[] _prefix = FrameWriter.Prefix("alice");
    private readonly byte[] _body = SampleFrames.Body;
    private readonly byte[] _largeBody = SampleFrames.LargeBody;
    private readonly byte[] _frame = FrameWriter.Message("alice", "bob", SampleFrames.Body);
    private readonly byte[] _extra = "{\"id\":\"c-1700000\",\"type\":\"chat\",\"at\":1790000000000}"u8.ToArray();
    private readonly byte[] _wire = new byte[1024];

    [Benchmark(Baseline = true)]
    public int Message()
    {
        _output.ResetWrittenCount();
        FrameWriter.WriteMessage(_output, _prefix, "bob"u8, _body);
        return _output.WrittenCount;
    }

    [Benchmark]
    public int MessageLarge()
    {
        _output.ResetWrittenCount();
        FrameWriter.WriteMessage(_output, _prefix, "bob"u8, _largeBody);
        return _output.WrittenCount;
    }

    [Benchmark]
    public int MessageWithExtra()
    {
        _output.ResetWrittenCount();
        FrameWriter.WriteMessage(_output, _prefix, "bob"u8, _body);
        FrameWriter.WriteExtra(_output, "c-1700000"u8, "chat"u8, At);
        return _output.WrittenCount;
    }

    /// <summary>From the two encoded parts to the bytes that a client of the subprotocol gets.</summary>
    [Benchmark]
    public int V1Form()
    {
        var message = new MessageFrame(_frame, _extra, seq: 1_700_000);
        Span<byte> middle = stackalloc byte[MessageFrame.MaxMiddle];
        var written = message.WriteMiddle(middle);
        message.Head.CopyTo(_wire);
        written.CopyTo(_wire.AsSpan(message.Head.Length));
        message.Tail.CopyTo(_wire.AsSpan(message.Head.Length + written.Length));
        return message.Head.Length + written.Length + message.Tail.Length;
    }
}
