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
        Assert.Equal(new InboxAppended(1, IsDuplicate: false), await AppendAsync(inbox, Message("sender", "c-1")));
        Assert.Equal(new InboxAppended(2, IsDuplicate: false), await AppendAsync(inbox, Message("sender", "c-2")));
        Assert.Equal(new InboxAppended(1, IsDuplicate: true), await AppendAsync(inbox, Message("sender", "c-1")));
        Assert.Equal(new InboxAppended(1, IsDuplicate: true), await AppendAsync(inbox, Message("sender", "c-1")));
        AssertPage(await inbox.ReadAsync(Alice, null, 10, default), after: 0, last: 2, 1, 2);
    }

    [Fact]
    public async Task AppendAsync_SameIdAtTheSameTime_IsInTheLogOnce()
    {
        var inbox = Create();
        var appended = await Task.WhenAll(Enumerable.Range(0, 50).Select(
            _ => Task.Run(() => AppendAsync(inbox, Message("sender", "c-1")))));
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
            Assert.False((await AppendAsync(inbox, message)).IsDuplicate);
        Assert.Equal(new InboxAppended(1, IsDuplicate: false), await AppendAsync(inbox, Message("sender", "c-1"), Bob));
    }

    [Fact]
    public async Task AppendAsync_NoId_IsAlwaysAnotherMessage()
    {
        var inbox = Create();
        for (var i = 1; i <= 3; i++)
            Assert.Equal(new InboxAppended(i, IsDuplicate: false), await AppendAsync(inbox, Message("sender", "")));
    }

    [Fact]
    public async Task AppendAsync_SameIdWithinTheWindow_IsKnownUntilItsEnd()
    {
        var inbox = Create(TenSeconds);
        await AppendAsync(inbox, Message("sender", "c-1"));
        Time.Advance(TimeSpan.FromSeconds(9));
        Assert.True((await AppendAsync(inbox, Message("sender", "c-1"))).IsDuplicate);
    }

    [Fact]
    public async Task AppendAsync_ManyAtOnce_NumbersThemInOrderAndEachIdOnce()
    {
        var inbox = Create();
        await AppendAsync(inbox, Message("sender", "c-2"));
        var appended = await inbox.AppendAsync(
            Alice,
            [Message("sender", "c-1"), Message("sender", "c-2"), Message("sender", ""), Message("sender", "c-3"), Message("sender", "c-1"), Message("sender", "")],
            default);
        Assert.Equal([new(2, false), new(1, true), new(3, false), new(4, false), new(2, true), new InboxAppended(5, false)], appended);
        AssertPage(await inbox.ReadAsync(Alice, null, 10, default), after: 0, last: 5, 1, 2, 3, 4, 5);
        Assert.Equal(new InboxAppended(6, IsDuplicate: false), await AppendAsync(inbox, Message("sender", "c-4")));
    }

    [Fact]
    public async Task AppendAsync_NothingNew_ChangesNothing()
    {
        var inbox = Create();
        await inbox.AppendAsync(Alice, [Message("sender", "c-1"), Message("sender", "c-2")], default);
        Assert.Equal(
            [new(1, true), new InboxAppended(2, true)], await inbox.AppendAsync(Alice, [Message("sender", "c-1"), Message("sender", "c-2")], default));
        Assert.Empty(await inbox.AppendAsync(Alice, [], default));
        AssertPage(await inbox.ReadAsync(Alice, null, 10, default), after: 0, last: 2, 1, 2);
    }

    [Fact]
    public async Task AppendAsync_Extra_ComesBackByteForByte()
    {
        var inbox = Create();
        var extra = Encoding.UTF8.GetBytes("""{"id":"ü\"","at":1}""");
        await AppendAsync(inbox, new InboxMessage(Frame(1)) { Extra = extra });
        await AppendAsync(inbox, new InboxMessage(Frame(2)));
        var page = await inbox.ReadAsync(Alice, null, 10, default);
        Assert.Equal([extra, []], page.Entries.Select(entry => entry.Extra.ToArray()));
        Assert.Equal([Frame(1), Frame(2)], page.Entries.Select(entry => entry.Frame.ToArray()));
    }

    [Fact]
    public async Task ConfirmAsync_ReceiptsAskedFor_AreDueOnceEach()
    {
        var inbox = Create();
        await AppendAsync(inbox, Message("s1", "a") with { WantsReceipt = true });
        await AppendAsync(inbox, Message("s1", "b"));
        await AppendAsync(inbox, Message("s:2", "c:ü") with { WantsReceipt = true });
        await AppendAsync(inbox, Message("s1", "d") with { WantsReceipt = true });

        Assert.Equal([new InboxReceipt("s1", "a", Alice)], await ConfirmAsync(inbox, Alice, 2));
        Assert.Empty(await ConfirmAsync(inbox, Alice, 2));
        Assert.Equal([new InboxReceipt("s:2", "c:ü", Alice), new InboxReceipt("s1", "d", Alice)], await ConfirmAsync(inbox, Alice, 4));
        Assert.Empty(await ConfirmAsync(inbox, Alice, 4));
    }

    [Fact]
    public async Task ConfirmAsync_DuplicateOfAMessage_AsksForNoSecondReceipt()
    {
        var inbox = Create();
        await AppendAsync(inbox, Message("s1", "a") with { WantsReceipt = true });
        await AppendAsync(inbox, Message("s1", "a") with { WantsReceipt = true });
        Assert.Single(await ConfirmAsync(inbox, Alice, 1));
        await AppendAsync(inbox, Message("s1", "a") with { WantsReceipt = true });
        Assert.Empty(await ConfirmAsync(inbox, Alice, 1));
    }

    [Fact]
    public async Task ConfirmAsync_SeveralUsers_EachReceiptNamesItsUser()
    {
        var inbox = Create();
        await AppendAsync(inbox, Message("s1", "a") with { WantsReceipt = true });
        await AppendAsync(inbox, Message("s1", "a") with { WantsReceipt = true }, Bob);
        var due = await inbox.ConfirmAsync([KeyValuePair.Create(Alice, 1L), KeyValuePair.Create(Bob, 1L)], default);
        Assert.Equal([new InboxReceipt("s1", "a", Alice), new InboxReceipt("s1", "a", Bob)], due);
    }

    [Fact]
    public async Task ConfirmAsync_MoreReceiptsThanTheBound_TheNewestAreKept()
    {
        var inbox = Create(new InboxOptions { MaxMessages = 3 });
        for (var i = 1; i <= 8; i++)
            await AppendAsync(inbox, Message("s1", $"c-{i}") with { WantsReceipt = true });
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

    private protected static InboxMessage Message(string sender, string id) => new(Frame(1)) { SenderId = sender, Id = id };

    private static async Task<IReadOnlyList<InboxReceipt>> ConfirmAsync(IInbox inbox, string user, long seq) =>
        await inbox.ConfirmAsync([KeyValuePair.Create(user, seq)], default);
}
