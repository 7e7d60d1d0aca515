using System.Text;
using MtSockets.Contracts.Bus;

namespace MtSockets.Infrastructure.Tests.Fakes;

/// <summary>A copy of a <see cref="ServerMessage"/> that stays, with its JSON as text.</summary>
internal sealed record SeenMessage(ServerMessageKind Kind, string User, string Frame, int Hops = 0, ServerMessageShare Share = default)
{
    public long Seq { get; init; }

    public string Extra { get; init; } = "";

    /// <summary>The names of the servers, one on each line: a record compares a text, not a list.</summary>
    public string Copies { get; init; } = "";

    public static SeenMessage Of(in ServerMessage message) =>
        new(message.Kind, message.User, Encoding.UTF8.GetString(message.Frame.Span), message.Hops, message.Share)
        {
            Seq = message.Seq,
            Extra = Encoding.UTF8.GetString(message.Extra.Span),
            Copies = string.Join('\n', message.Copies ?? []),
        };

    public static IReadOnlyList<SeenMessage> Of(MessageBatch batch)
    {
        var messages = new List<SeenMessage>();
        foreach (var message in batch)
            messages.Add(Of(message));
        return messages;
    }

    public ServerMessage ToServerMessage() => new(Kind, User, Encoding.UTF8.GetBytes(Frame))
    {
        Hops = Hops,
        Share = Share,
        Seq = Seq,
        Extra = Encoding.UTF8.GetBytes(Extra),
        Copies = Copies.Length == 0 ? null : Copies.Split('\n'),
    };
}
