namespace MtSockets.Infrastructure.Inbox;

/// <summary>A part of a user's log.</summary>
/// <param name="After">The number after which was read: the one asked for, or the highest confirmed one.</param>
/// <param name="LastSeq">The last number of the whole log; 0 where it is empty.</param>
/// <param name="Entries">The messages that still exist, in order.</param>
internal sealed record InboxPage(long After, long LastSeq, IReadOnlyList<InboxEntry> Entries);
