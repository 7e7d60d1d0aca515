namespace MtSockets.Bench.Load;

/// <summary>What the streams of one run have in common; touched by the one thread of its loop only.</summary>
internal sealed class LoadStatistics
{
    public long Delivered { get; set; }

    public long Acknowledged { get; set; }

    public LatencyHistogram Latency { get; } = new();

    public FaultLog Faults { get; } = new();

    /// <summary>Streams that may send again.</summary>
    public List<MessageStream> Dirty { get; } = [];
}
