namespace MtSockets.Infrastructure.Inbox;

/// <summary>One message of a user's log.</summary>
/// <param name="Seq">Its number: 1, 2, 3 … without a gap.</param>
/// <param name="Frame">The frame as a client of the plain form gets it.</param>
/// <param name="Extra">What a client of the subprotocol gets besides: one JSON object, or empty.</param>
internal readonly record struct InboxEntry(long Seq, ReadOnlyMemory<byte> Frame, ReadOnlyMemory<byte> Extra);
