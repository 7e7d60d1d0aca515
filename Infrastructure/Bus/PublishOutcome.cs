namespace MtSockets.Infrastructure.Bus;

/// <summary>What became of one publish.</summary>
internal enum PublishOutcome
{
    /// <summary>RabbitMQ has put it into the queue of the server.</summary>
    Confirmed,

    /// <summary>There is no queue for that routing key: the server is gone.</summary>
    Returned,

    /// <summary>RabbitMQ did not confirm in time, or cannot be reached.</summary>
    Failed,
}
