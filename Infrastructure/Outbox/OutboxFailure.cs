namespace MtSockets.Infrastructure.Outbox;

/// <summary>Why an outbox gave a message back.</summary>
internal enum OutboxFailure
{
    /// <summary>More waits for that server than may.</summary>
    Full,

    /// <summary>RabbitMQ cannot be reached, or did not confirm in time.</summary>
    BusDown,

    /// <summary>The server has no queue any more.</summary>
    ServerGone,
}
