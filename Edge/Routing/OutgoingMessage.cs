using MtSockets.Contracts.Bus;
using MtSockets.Infrastructure.Outbox;

namespace MtSockets.Edge.Routing;

/// <summary>A message that the socket table alone could not deliver.</summary>
/// <param name="User">The recipient.</param>
/// <param name="Frame">The frame he gets.</param>
/// <param name="Origin">Who must hear of it when it cannot be sent; null where nobody here.</param>
internal readonly record struct OutgoingMessage(string User, ReadOnlyMemory<byte> Frame, IMessageOrigin? Origin)
{
    /// <summary>How often it was passed on because the user had moved.</summary>
    public int Hops { get; init; }

    public ServerMessageShare Share { get; init; }

    /// <summary>A server on which the user was looked for in vain.</summary>
    public string? GoneFrom { get; init; }
}
