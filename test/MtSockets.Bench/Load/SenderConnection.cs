namespace MtSockets.Bench.Load;

/// <summary>Sends one stream; what comes back may be acknowledgements, if the stream asked for them, and nothing else.</summary>
internal sealed class SenderConnection(MessageStream stream, LoadStatistics statistics) : Connection(stream.From, statistics.Faults)
{
    public MessageStream Stream => stream;

    protected override string? Subprotocol => stream.IdPrefix is null ? null : V1Frame.Subprotocol;

    protected override void OnFrame(ReadOnlySpan<byte> payload)
    {
        if (stream.IdPrefix is not null && V1Frame.IsControl(payload, "welcome"u8))
            return;
        if (stream.IdPrefix is not null && V1Frame.IsControl(payload, "ack"u8) && V1Frame.TryFindId(payload, stream.IdPrefix.Length, out var number))
            stream.AcknowledgedBy(number);
        else
            Unexpected(payload);
    }

    protected override void OnUnblocked() => stream.MarkDirty(statistics.Dirty);
}
