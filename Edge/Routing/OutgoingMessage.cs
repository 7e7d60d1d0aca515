using MtSockets.Contracts.Bus;
using MtSockets.Infrastructure.Outbox;

namespace MtSockets.Edge.Routing;

/// <summary>A message that the socket table alone could not deliver.</summary>
/// <param name="User">The recipient.</param>
/// <param name="Frame">The frame he gets.</param>
/// <param name="Origin">Who must hear of it when it cannot be sent; null where nobody here.</param>
internal readonly record struct OutgoingMessage(string User, ReadOnlyMemory<byte> Frame, IMessageOrigin? Origin)
{
    /// <summary>What clients of the subprotocol get beside the frame: one JSON object, or empty.</summary>
    public ReadOnlyMemory<byte> Extra { get; init; }

    /// <summary>The sender's own id: the message is appended to the log before anything else. Null for none.</summary>
    public string? Id { get; init; }

    /// <summary>The sender wants to hear when a device of the user has confirmed it.</summary>
    public bool WantsReceipt { get; init; }

    /// <summary>Worth nothing later: never stored.</summary>
    public bool IsEphemeral { get; init; }

    /// <summary>How often it was passed on because the user had moved.</summary>
    public int Hops { get; init; }

    public ServerMessageShare Share { get; init; }

    /// <summary>With <see cref="ServerMessageShare.First"/>: the servers that got a copy.</summary>
    public IReadOnlyList<string>? Copies { get; init; }

    /// <summary>A server on which the user was looked for in vain.</summary>
    public string? GoneFrom { get; init; }
}
