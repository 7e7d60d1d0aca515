namespace MtSockets.Edge.Protocol;

/// <summary>The first frame that a client of the subprotocol gets.</summary>
internal sealed record Welcome
{
    public required string ConnectionId { get; init; }

    public required string UserId { get; init; }

    public required string ServerId { get; init; }

    /// <summary>The last number of the user's log; null where the log cannot be read now.</summary>
    public long? LastSeq { get; init; }

    /// <summary>Everything after the point of resumption follows without a hole.</summary>
    public bool Resumed { get; init; }

    /// <summary>Where not resumed: the first number that still exists, or will.</summary>
    public long? First { get; init; }

    public required int MaxFrameBytes { get; init; }

    public required int SendQueueBytes { get; init; }

    public required int DedupSeconds { get; init; }
}
