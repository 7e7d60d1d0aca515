namespace MtSockets.Infrastructure.Inbox;

/// <summary>One message of a user's log.</summary>
/// <param name="Seq">Its number: 1, 2, 3 … without a gap.</param>
/// <param name="Frame">The frame as the user's client gets it.</param>
internal readonly record struct InboxEntry(long Seq, ReadOnlyMemory<byte> Frame);
