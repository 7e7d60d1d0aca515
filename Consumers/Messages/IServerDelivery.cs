using MtSockets.Contracts.Bus;

namespace MtSockets.Consumers.Messages;

/// <summary>Hands what comes for this server to its connections. Never waits for a socket.</summary>
internal interface IServerDelivery
{
    /// <summary>Takes a batch from another MtSockets server.</summary>
    /// <exception cref="System.Text.Json.JsonException">It cannot be read; what came before the fault was delivered.</exception>
    ValueTask DeliverAsync(string origin, MessageBatch batch, CancellationToken cancellationToken);

    /// <summary>Takes one message in the plain form, from anybody.</summary>
    /// <exception cref="System.Text.Json.JsonException">It cannot be read.</exception>
    ValueTask DeliverPlainAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken);
}
