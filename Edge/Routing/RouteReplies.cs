using MtSockets.Edge.Protocol;
using MtSockets.Edge.Sockets;
using MtSockets.Infrastructure.Outbox;

namespace MtSockets.Edge.Routing;

/// <summary>What a sender hears of a message of his. Of one that went well, nothing.</summary>
internal static class RouteReplies
{
    /// <summary>What it means for a message that an outbox has not taken it; null where it has.</summary>
    public static RouteOutcome OutcomeOf(OutboxFailure? failure) => failure switch
    {
        null => RouteOutcome.Sent,
        OutboxFailure.Full => RouteOutcome.Overloaded,
        _ => RouteOutcome.Unavailable,
    };

    public static void Tell(Connection? sender, string user, RouteOutcome outcome, string? id = null)
    {
        switch (outcome)
        {
            case RouteOutcome.Unavailable:
                sender?.SendError(ErrorCode.Unavailable, "The message cannot be sent now.", user, id);
                break;
            case RouteOutcome.Overloaded:
                sender?.SendError(ErrorCode.Overloaded, "Too much waits for the recipient's server.", user, id);
                break;
            case RouteOutcome.BodyNotText:
                sender?.SendError(ErrorCode.BodyNotText, "The recipient's server takes only a text as body.", user, id);
                break;
            case RouteOutcome.Sent or RouteOutcome.Stored or RouteOutcome.Dropped:
                break;
        }
    }
}
