namespace MtSockets.Infrastructure.Inbox;

/// <summary>The logs of all users: one for each, with gapless numbers, bounded in length and age.</summary>
internal interface IInbox
{
    /// <summary>
    /// Appends messages to one user's log in one atomic step and in their order, each once for its sender and id within the
    /// dedup window. Calls that were begun one after the other keep that order, and none waits for another.
    /// </summary>
    ValueTask<IReadOnlyList<InboxAppended>> AppendAsync(
        string userId, IReadOnlyList<InboxMessage> messages, CancellationToken cancellationToken);

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
