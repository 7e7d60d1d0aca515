using Microsoft.Extensions.Logging;
using MtSockets.Infrastructure.Bus;

namespace MtSockets.Infrastructure.Outbox;

/// <summary>What all outboxes of a server share.</summary>
internal sealed record OutboxContext(
    string ServerId, IServerBus Bus, OutboxOptions Options, BusMetrics Metrics, IUndeliveredMessages Undelivered, ILogger Logger);
