using MtSockets.Contracts.Naming;

namespace MtSockets.Infrastructure.Outbox;

/// <summary>Where an outbox leads to.</summary>
/// <param name="ServerId">The server, or empty for all of them.</param>
/// <param name="Plain">A server of the first implementation: one message in the plain form each, instead of batches.</param>
internal readonly record struct OutboxTarget(string ServerId, bool Plain = false)
{
    public static readonly OutboxTarget Everybody = new("");

    public string RoutingKey => ServerId.Length == 0 ? BusNames.BroadcastKey : BusNames.ServerKey(ServerId);
}
