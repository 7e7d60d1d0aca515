namespace MtSockets.Infrastructure.Inbox;

/// <summary>A message to be appended to a user's log.</summary>
/// <param name="Frame">The frame as a client of the plain form gets it.</param>
internal readonly record struct InboxMessage(ReadOnlyMemory<byte> Frame)
{
    /// <summary>What a client of the subprotocol gets besides: one JSON object, or empty.</summary>
    public ReadOnlyMemory<byte> Extra { get; init; }

    /// <summary>The sender, where he named an id.</summary>
    public string SenderId { get; init; } = "";

    /// <summary>The sender's own id of the message: the same one within the dedup window is appended once. Empty for none.</summary>
    public string Id { get; init; } = "";

    /// <summary>The sender wants to hear when a device of the user has confirmed it.</summary>
    public bool WantsReceipt { get; init; }
}
