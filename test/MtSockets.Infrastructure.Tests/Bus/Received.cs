using MtSockets.Infrastructure.Tests.Fakes;

namespace MtSockets.Infrastructure.Tests.Bus;

/// <summary>A batch, or the body of a message in the plain form.</summary>
internal sealed record Received(string Origin, IReadOnlyList<SeenMessage> Messages, string? Plain);
