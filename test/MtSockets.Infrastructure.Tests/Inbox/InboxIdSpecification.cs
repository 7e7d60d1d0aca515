using System.Text;
using MtSockets.Infrastructure.Inbox;

namespace MtSockets.Infrastructure.Tests.Inbox;

/// <summary>What every inbox must do with messages that have an id: once each, and a receipt where one was asked for.</summary>
public abstract class InboxIdSpecification : InboxRetentionSpecification
{
    private static readonly InboxOptions TenSeconds = new() { DedupSeconds = 10 };

    [Fact]
    public async Task AppendAsync_SameIdOfTheSameSender_IsInTheLogOnce()
    {
        var inbox = Create();
        Assert.Equal(new InboxAppended(1, IsDuplicate: false), await inbox.AppendAsync(Message("sender", "c-1"), default));
        Assert.Equal(new InboxAppended(2, IsDuplicate: false), await inbox.AppendAsync(Message("sender", "c-2"), default));
        Assert.Equal(new InboxAppended(1, IsDuplicate: true), await inbox.AppendAsync(Message("sender", "c-1"), default));
        Assert.Equal(new InboxAppended(1, IsDuplicate: true), await inbox.AppendAsync(Message("sender", "c-1"), default));
        AssertPage(await inbox.ReadAsync(Alice, null, 10, default), after: 0, last: 2, 1, 2);
    }

    [Fact]
    public async Task AppendAsync_SameIdAtTheSameTime_IsInTheLogOnce()
    {
        var inbox = Create();
        var appended = await Task.WhenAll(Enumerable.Range(0, 50).Select(
            _ => Task.Run(() => inbox.AppendAsync(Message("sender", "c-1"), default).AsTask())));
        Assert.All(appended, one => Assert.Equal(1, one.Seq));
        Assert.Single(appended, one => !one.IsDuplicate);
        AssertPage(await inbox.ReadAsync(Alice, null, 10, default), after: 0, last: 1, 1);
    }

    [Fact]
    public async Task AppendAsync_SameIdOfOtherSendersOrToOtherUsers_IsAnotherMessage()
    {
        var inbox = Create();
        InboxMessage[] messages =
        [
            Message("sender", "c-1"), Message("other", "c-1"),
            Message("sender:c", "-1"), Message("s", "ender:c-1"), Message("sender", "C-1"),
        ];
        foreach (var message in messages)
            Assert.False((await inbox.AppendAsync(message, default)).IsDuplicate);
        Assert.Equal(new InboxAppended(1, IsDuplicate: false), await inbox.AppendAsync(Message("sender", "c-1", Bob), default));
    }

    [Fact]
    public async Task AppendAsync_NoId_IsAlwaysAnotherMessage()
    {
        var inbox = Create();
        for (var i = 1; i <= 3; i++)
            Assert.Equal(new InboxAppended(i, IsDuplicate: false), await inbox.AppendAsync(Message("sender", ""), default));
    }

    [Fact]
    public async Task AppendAsync_SameIdWithinTheWindow_IsKnownUntilItsEnd()
    {
        var inbox = Create(TenSeconds);
        await inbox.AppendAsync(Message("sender", "c-1"), default);
        Time.Advance(TimeSpan.FromSeconds(9));
        Assert.True((await inbox.AppendAsync(Message("sender", "c-1"), default)).IsDuplicate);
    }

    [Fact]
    public async Task AppendAsync_BehindAMessageThatIsNotThere_IsNotAppended()
    {
        var inbox = Create();
        await inbox.AppendAsync(Message("other", "c-1"), default);
        await inbox.AppendAsync(Message("sender", "c-1", Bob), default);
        Assert.Equal(0, (await inbox.AppendAsync(Message("sender", "c-2") with { AfterId = "c-1" }, default)).Seq);
        AssertPage(await inbox.ReadAsync(Alice, null, 10, default), after: 0, last: 1, 1);

        await inbox.AppendAsync(Message("sender", "c-1"), default);
        var behind = Message("sender", "c-2") with { AfterId = "c-1" };
        Assert.Equal(new InboxAppended(3, IsDuplicate: false), await inbox.AppendAsync(behind, default));
        Assert.Equal(new InboxAppended(3, IsDuplicate: true), await inbox.AppendAsync(behind, default));
    }

    [Fact]
    public async Task AppendAsync_EachBehindTheOneBefore_OneMissingKeepsAllTheRestOut()
    {
        var inbox = Create();
        var numbers = await Task.WhenAll(Enumerable.Range(1, 20).Where(i => i != 11).Select(async i =>
            (await inbox.AppendAsync(Message("sender", $"c-{i}") with { AfterId = i == 1 ? "" : $"c-{i - 1}" }, default)).Seq));
        Assert.Equal([.. Enumerable.Range(1, 10).Select(i => (long)i), .. Enumerable.Repeat(0L, 9)], numbers);
    }

    [Fact]
    public async Task AppendAsync_Extra_ComesBackByteForByte()
    {
        var inbox = Create();
        var extra = Encoding.UTF8.GetBytes("""{"id":"ü\"","at":1}""");
        await inbox.AppendAsync(new InboxMessage(Alice, Frame(1)) { Extra = extra }, default);
        await inbox.AppendAsync(new InboxMessage(Alice, Frame(2)), default);
        var page = await inbox.ReadAsync(Alice, null, 10, default);
        Assert.Equal([extra, []], page.Entries.Select(entry => entry.Extra.ToArray()));
        Assert.Equal([Frame(1), Frame(2)], page.Entries.Select(entry => entry.Frame.ToArray()));
    }

    [Fact]
    public async Task ConfirmAsync_ReceiptsAskedFor_AreDueOnceEach()
    {
        var inbox = Create();
        await inbox.AppendAsync(Message("s1", "a") with { WantsReceipt = true }, default);
        await inbox.AppendAsync(Message("s1", "b"), default);
        await inbox.AppendAsync(Message("s:2", "c:ü") with { WantsReceipt = true }, default);
        await inbox.AppendAsync(Message("s1", "d") with { WantsReceipt = true }, default);

        Assert.Equal([new InboxReceipt("s1", "a", Alice)], await ConfirmAsync(inbox, Alice, 2));
        Assert.Empty(await ConfirmAsync(inbox, Alice, 2));
        Assert.Equal([new InboxReceipt("s:2", "c:ü", Alice), new InboxReceipt("s1", "d", Alice)], await ConfirmAsync(inbox, Alice, 4));
        Assert.Empty(await ConfirmAsync(inbox, Alice, 4));
    }

    [Fact]
    public async Task ConfirmAsync_DuplicateOfAMessage_AsksForNoSecondReceipt()
    {
        var inbox = Create();
        await inbox.AppendAsync(Message("s1", "a") with { WantsReceipt = true }, default);
        await inbox.AppendAsync(Message("s1", "a") with { WantsReceipt = true }, default);
        Assert.Single(await ConfirmAsync(inbox, Alice, 1));
        await inbox.AppendAsync(Message("s1", "a") with { WantsReceipt = true }, default);
        Assert.Empty(await ConfirmAsync(inbox, Alice, 1));
    }

    [Fact]
    public async Task ConfirmAsync_SeveralUsers_EachReceiptNamesItsUser()
    {
        var inbox = Create();
        await inbox.AppendAsync(Message("s1", "a") with { WantsReceipt = true }, default);
        await inbox.AppendAsync(Message("s1", "a", Bob) with { WantsReceipt = true }, default);
        var due = await inbox.ConfirmAsync([KeyValuePair.Create(Alice, 1L), KeyValuePair.Create(Bob, 1L)], default);
        Assert.Equal([new InboxReceipt("s1", "a", Alice), new InboxReceipt("s1", "a", Bob)], due);
    }

    [Fact]
    public async Task ConfirmAsync_MoreReceiptsThanTheBound_TheNewestAreKept()
    {
        var inbox = Create(new InboxOptions { MaxMessages = 3 });
        for (var i = 1; i <= 8; i++)
            await inbox.AppendAsync(Message("s1", $"c-{i}") with { WantsReceipt = true }, default);
        Assert.Equal(["c-6", "c-7", "c-8"], (await ConfirmAsync(inbox, Alice, 8)).Select(receipt => receipt.Id));
    }

    [Fact]
    public async Task LastAsync_SeveralUsers_InTheOrderAsked()
    {
        var inbox = await FilledAsync(12);
        await AppendAsync(inbox, Bob, Frame(1));
        Assert.Equal([1, 0, 12, 1], await inbox.LastAsync([Bob, Named("nobody"), Alice, Bob], default));
        Assert.Empty(await inbox.LastAsync([], default));
    }

    private protected InboxMessage Message(string sender, string id, string? to = null) =>
        new(to ?? Alice, Frame(1)) { SenderId = sender, Id = id };

    private static async Task<IReadOnlyList<InboxReceipt>> ConfirmAsync(IInbox inbox, string user, long seq) =>
        await inbox.ConfirmAsync([KeyValuePair.Create(user, seq)], default);
}
