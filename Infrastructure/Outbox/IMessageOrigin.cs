namespace MtSockets.Infrastructure.Outbox;

/// <summary>Who must be told when a message of his cannot be sent.</summary>
internal interface IMessageOrigin
{
    /// <summary>Tells him that the message to <paramref name="user"/> was not sent and may be tried again later.</summary>
    void NotSent(string user, OutboxFailure failure);
}
