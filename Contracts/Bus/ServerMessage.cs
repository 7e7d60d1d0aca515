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

    /// <summary>Whether the same message went to other servers too, and which of them answers for it.</summary>
    public ServerMessageShare Share { get; init; }
}
