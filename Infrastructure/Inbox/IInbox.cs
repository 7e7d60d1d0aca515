namespace MtSockets.Infrastructure.Inbox;

/// <summary>The logs of all users: one for each, with gapless numbers, bounded in length and age.</summary>
internal interface IInbox
{
    /// <summary>Appends in one atomic step and returns the number. Appends that were begun one after the other keep that order.</summary>
    ValueTask<long> AppendAsync(string userId, ReadOnlyMemory<byte> frame, CancellationToken cancellationToken);

    /// <summary>Reads what comes after a number; <see langword="null"/>: after the highest confirmed one.</summary>
    ValueTask<InboxPage> ReadAsync(string userId, long? after, int count, CancellationToken cancellationToken);

    /// <summary>Notes for each user that a device has everything up to a number. A lower number than before changes nothing.</summary>
    ValueTask ConfirmAsync(IReadOnlyCollection<KeyValuePair<string, long>> confirmed, CancellationToken cancellationToken);
}
