namespace MtSockets.Infrastructure.Inbox;

/// <summary>The logs of all users: one for each, with gapless numbers, bounded in length and age.</summary>
internal interface IInbox
{
    /// <summary>
    /// Appends in one atomic step, once for each sender and id within the dedup window. Appends that were begun one after
    /// the other keep that order, and none waits for another.
    /// </summary>
    ValueTask<InboxAppended> AppendAsync(in InboxMessage message, CancellationToken cancellationToken);

    /// <summary>Reads what comes after a number; <see langword="null"/>: after the highest confirmed one.</summary>
    ValueTask<InboxPage> ReadAsync(string userId, long? after, int count, CancellationToken cancellationToken);

    /// <summary>The last number of each user's log, in the order of <paramref name="userIds"/>, with one round trip.</summary>
    ValueTask<IReadOnlyList<long>> LastAsync(IReadOnlyList<string> userIds, CancellationToken cancellationToken);

    /// <summary>
    /// Notes for each user that a device has everything up to a number, and returns the receipts that are due by that, each once.
    /// A lower number than before changes nothing.
    /// </summary>
    ValueTask<IReadOnlyList<InboxReceipt>> ConfirmAsync(
        IReadOnlyCollection<KeyValuePair<string, long>> confirmed, CancellationToken cancellationToken);
}
