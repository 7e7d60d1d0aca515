namespace MtSockets.Contracts.Bus;

/// <summary>
/// A batch of messages for one server, the one contract that crosses the <c>messages</c> exchange. The server it is for
/// is named by the routing key.
/// </summary>
/// <param name="Origin">The server that published the batch.</param>
/// <param name="Messages">The messages, in the order in which they must be delivered.</param>
public sealed record DeliverToServer(string Origin, MessageBatch Messages);
