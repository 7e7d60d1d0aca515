using MtSockets.Contracts.Bus;

namespace MtSockets.Consumers.Messages;

/// <summary>Hands what comes for this server to its connections. Never waits, neither for a socket nor for Redis.</summary>
internal interface IServerDelivery
{
    /// <summary>Takes a batch from another MtSockets server.</summary>
    /// <exception cref="System.Text.Json.JsonException">It cannot be read as a whole; what comes before a fault, or beside a kind that is unknown here, was delivered.</exception>
    void Deliver(string origin, MessageBatch batch);

    /// <summary>Takes one message in the plain form, from anybody.</summary>
    /// <param name="frame">The frame that the recipient gets.</param>
    /// <param name="toAll">Every server got it: each delivers to its own connections, and none looks for the recipient elsewhere.</param>
    /// <exception cref="System.Text.Json.JsonException">It cannot be read.</exception>
    void DeliverPlain(ReadOnlyMemory<byte> frame, bool toAll);
}
