using System.Diagnostics;
using System.Numerics;

namespace MtSockets.Bench.Load;

/// <summary>Latencies in buckets that grow with the value: 128 for each doubling, so within one percent.</summary>
internal sealed class LatencyHistogram
{
    private const int SubBits = 7;
    private const int SubCount = 1 << SubBits;

    private static readonly double NanosecondsPerTick = 1e9 / Stopwatch.Frequency;

    private readonly long[] _buckets = new long[SubCount * 64];
    private long _count;
    private long _max;

    public long Count => _count;

    public void Reset()
    {
        Array.Clear(_buckets);
        _count = _max = 0;
    }

    public void Record(long ticks)
    {
        var nanoseconds = (long)(ticks * NanosecondsPerTick);
        _buckets[BucketOf(nanoseconds)]++;
        _count++;
        if (nanoseconds > _max)
            _max = nanoseconds;
    }

    public double MaxMilliseconds => _max / 1e6;

    public double PercentileMilliseconds(double percentile)
    {
        var rank = (long)Math.Ceiling(_count * percentile / 100);
        long seen = 0;
        for (var bucket = 0; bucket < _buckets.Length; bucket++)
        {
            seen += _buckets[bucket];
            if (seen >= rank && seen > 0)
                return Math.Min(MiddleOf(bucket), _max) / 1e6;
        }

        return double.NaN;
    }

    private static int BucketOf(long value)
    {
        if (value < SubCount)
            return (int)Math.Max(value, 0);
        var shift = BitOperations.Log2((ulong)value) - SubBits;
        return (shift + 1) * SubCount + (int)((value >> shift) - SubCount);
    }

    private static double MiddleOf(int bucket)
    {
        if (bucket < SubCount)
            return bucket;
        var shift = bucket / SubCount - 1;
        return ((bucket % SubCount) + SubCount + 0.5) * (1L << shift);
    }
}
