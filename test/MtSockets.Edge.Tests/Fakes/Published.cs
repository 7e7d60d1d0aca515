using MtSockets.Contracts.Bus;

namespace MtSockets.Edge.Tests.Fakes;

/// <summary>One message that went out to other servers.</summary>
internal sealed record Published(
    string RoutingKey, ServerMessageKind Kind, string User, string Frame, ServerMessageShare Share, long Seq)
{
    /// <summary>In the form for servers of the first implementation.</summary>
    public bool IsPlain { get; init; }
}
