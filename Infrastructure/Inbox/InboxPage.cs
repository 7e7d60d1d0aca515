namespace MtSockets.Infrastructure.Inbox;

/// <summary>A part of a user's log.</summary>
/// <param name="After">The number after which was read: the one asked for, or the highest confirmed one.</param>
/// <param name="LastSeq">The last number of the whole log; 0 where it is empty.</param>
/// <param name="Entries">The messages that still exist, in order.</param>
/// <param name="ReadTo">How far this page goes, messages that have become too old included.</param>
/// <param name="HasMore">More follows after <paramref name="ReadTo"/>.</param>
internal sealed record InboxPage(long After, long LastSeq, IReadOnlyList<InboxEntry> Entries, long ReadTo, bool HasMore)
{
    /// <summary>The log has had messages between <see cref="After"/> and its first entry here that no longer exist, or has lost its memory.</summary>
    public bool HasHole => LastSeq < After || FirstSeq > After + 1;

    /// <summary>The first number after <see cref="After"/> that still exists, or the next one to come.</summary>
    public long FirstSeq => Entries.Count > 0 ? Entries[0].Seq : LastSeq < After ? 1 : LastSeq + 1;
}
