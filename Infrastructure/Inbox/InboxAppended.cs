namespace MtSockets.Infrastructure.Inbox;

/// <summary>What came of an append.</summary>
/// <param name="Seq">The message's number.</param>
/// <param name="IsDuplicate">It was in the log already; this is the number it got then.</param>
internal readonly record struct InboxAppended(long Seq, bool IsDuplicate);
