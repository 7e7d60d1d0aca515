using MtSockets.Infrastructure.Outbox;

namespace MtSockets.Infrastructure.Tests.Fakes;

/// <summary>A message that an outbox gave back.</summary>
internal sealed record GivenBack(string ServerId, SeenMessage Message, IMessageOrigin? Origin, OutboxFailure Failure);
