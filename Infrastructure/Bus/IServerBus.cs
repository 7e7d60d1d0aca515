using MtSockets.Contracts.Bus;

namespace MtSockets.Infrastructure.Bus;

/// <summary>The way out to the other servers.</summary>
internal interface IServerBus
{
    /// <summary>Whether this server's own queue stands, and with it the connection that publishes share.</summary>
    bool IsUp { get; }

    /// <summary>Publishes a batch and waits for the confirm.</summary>
    ValueTask<PublishOutcome> PublishAsync(string routingKey, DeliverToServer batch, CancellationToken cancellationToken);

    /// <summary>Publishes one message in the plain form, for a server of the first implementation.</summary>
    ValueTask<PublishOutcome> PublishPlainAsync(string routingKey, ReadOnlyMemory<byte> frame, CancellationToken cancellationToken);
}
