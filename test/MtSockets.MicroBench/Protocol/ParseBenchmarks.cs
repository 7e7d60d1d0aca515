using BenchmarkDotNet.Attributes;
using MtSockets.Edge.Protocol;

namespace MtSockets.MicroBench.Protocol;

/// <summary>Taking a client's frame apart.</summary>
[MemoryDiagnoser]
public class ParseBenchmarks
{
    private readonly byte[] _plain = SampleFrames.Plain;
    private readonly byte[] _plainLarge = SampleFrames.PlainLarge;
    private readonly byte[] _v1 = SampleFrames.V1;
    private readonly byte[] _malformed = SampleFrames.Malformed;

    [Benchmark(Baseline = true)]
    public int Plain() => Parse(_plain, Dialect.Plain);

    [Benchmark]
    public int PlainLarge() => Parse(_plainLarge, Dialect.Plain);

    [Benchmark]
    public int V1() => Parse(_v1, Dialect.V1);

    [Benchmark]
    public int Malformed() => Parse(_malformed, Dialect.Plain);

    private static int Parse(byte[] utf8, Dialect dialect) =>
        FrameParser.TryParse(utf8, dialect, out var frame, out _) ? frame.Body.Length : 0;
}
