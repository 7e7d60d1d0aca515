using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using MtSockets.Contracts.Bus;
using MtSockets.Infrastructure.Outbox;
using MtSockets.Infrastructure.Tests.Fakes;

namespace MtSockets.Infrastructure.Tests.Contracts.Bus;

/// <summary>Whatever messages go into a batch come out of it, on every way that a batch is made and carried.</summary>
public sealed class MessageBatchProperties
{
    // Texts as clients may choose them: plain ones, and any character but half of a surrogate pair, which no UTF-8 can carry.
    private static readonly Gen<string> Texts = Gen.OneOf(
        Gen.Elements("alice", "bob", "", "a b", "\"", "\\", "\0", "\u001f", "</>&+'", "漢字", "👋🏽", "{}", "[]", ",", "user", "\u2028"),
        ArbMap.Default.GeneratorFor<string?>().Select(Whole),
        ArbMap.Default.GeneratorFor<NonEmptyString>().Select(text => Whole(text.Get)));

    private static readonly Gen<SeenMessage> Messages =
        from kind in Gen.Elements(Enum.GetValues<ServerMessageKind>())
        from share in Gen.Elements(Enum.GetValues<ServerMessageShare>())
        from user in Texts
        from body in Texts
        from hops in Gen.Choose(0, 5)
        from hasFrame in Gen.Elements(true, false)
        from seq in Gen.Elements(0L, 1, 41, int.MaxValue + 1L, long.MaxValue)
        from copies in Texts.Where(text => text.Length > 0 && !text.Contains('\n', StringComparison.Ordinal)).ArrayOf()
        from hasExtra in Gen.Elements(true, false)
        select new SeenMessage(kind, user, hasFrame ? JsonSerializer.Serialize(new { @from = user, body }) : "", hops, share)
        {
            Seq = seq,
            Copies = string.Join('\n', copies),
            Extra = hasExtra ? JsonSerializer.Serialize(new { id = body }) : "",
        };

    private static readonly Arbitrary<SeenMessage[]> Lists = Messages.ArrayOf().ToArbitrary();

    [Fact]
    public void Of_AnyMessages_EnumeratesTheSame() => Holds(messages => SeenMessage.Of(Of(messages)));

    [Fact]
    public void Serialize_AnyMessages_ComeBackTheSame() => Holds(messages =>
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(new DeliverToServer("s", Of(messages)), JsonSerializerOptions.Web);
        return SeenMessage.Of(JsonSerializer.Deserialize<DeliverToServer>(json, JsonSerializerOptions.Web)!.Messages);
    });

    [Fact]
    public void Of_AnyMessages_IsJsonToAnyOtherReader() => Holds(messages =>
    {
        using var json = JsonDocument.Parse(Of(messages).Json);
        Assert.Equal(
            messages.Select(message => message.User),
            json.RootElement.EnumerateArray().Select(entry => entry.GetProperty("user").GetString()));
        return messages;
    });

    [Fact]
    public void Batch_AnyMessagesInAnOutbox_SplitAnywhereGiveTheSame() => Holds(messages =>
    {
        var buffer = new OutboxBuffer();
        foreach (var message in messages)
            buffer.Add(message.ToServerMessage(), null);
        var seen = new List<SeenMessage>();
        for (int first = 0, end; first < buffer.Count; first = end)
        {
            end = buffer.BatchEnd(first, 100);
            seen.AddRange(SeenMessage.Of(buffer.Batch(first, end)));
        }

        return seen;
    });

    private static void Holds(Func<SeenMessage[], IReadOnlyList<SeenMessage>> wayThrough) =>
        Prop.ForAll(Lists, messages => Assert.Equal(messages, wayThrough(messages))).QuickCheckThrowOnFailure();

    private static MessageBatch Of(SeenMessage[] messages) => MessageBatch.Of([.. messages.Select(message => message.ToServerMessage())]);

    private static string Whole(string? text) => string.Concat((text ?? "").EnumerateRunes());
}
