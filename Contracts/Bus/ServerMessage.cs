namespace MtSockets.Contracts.Bus;

/// <summary>
/// One entry of a <see cref="MessageBatch"/>.
/// </summary>
/// <param name="Kind">What the receiving server shall do.</param>
/// <param name="User">The user it is about; empty for a broadcast.</param>
/// <param name="Frame">The frame byte for byte as the user's client shall get it: one JSON object, or empty.</param>
public readonly record struct ServerMessage(ServerMessageKind Kind, string User, ReadOnlyMemory<byte> Frame)
{
    /// <summary>How often servers have passed the message on because the user had moved. Bounded by the servers.</summary>
    public int Hops { get; init; }

    /// <summary>
    /// With <see cref="ServerMessageKind.Deliver"/> the message's number in the user's log; 0 where it is in no log. What has a number is never
    /// lost with a batch. With <see cref="ServerMessageKind.Arrived"/> the number of the notice, with <see cref="ServerMessageKind.Known"/> and
    /// <see cref="ServerMessageKind.Departed"/> that of the notice that is answered; 0 where none is.
    /// </summary>
    public long Seq { get; init; }

    /// <summary>
    /// What clients of the subprotocol get beside the frame, one JSON object: <c>{"id":"c-17","at":1790000000000}</c>. May be empty.
    /// </summary>
    public ReadOnlyMemory<byte> Extra { get; init; }

    /// <summary>Whether the same message went to other servers too, and which of them answers for it.</summary>
    public ServerMessageShare Share { get; init; }

    /// <summary>With <see cref="ServerMessageShare.First"/>: the servers that got a copy. A user who is on none of them has not got the message.</summary>
    public IReadOnlyList<string>? Copies { get; init; }
}
