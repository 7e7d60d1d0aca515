using System.Text;
using MtSockets.Infrastructure.Inbox;
using MtSockets.Infrastructure.Tests.Fakes;

namespace MtSockets.Infrastructure.Tests.Inbox;

/// <summary>What every inbox must do, whatever holds it.</summary>
public abstract class InboxSpecification
{
    private readonly string _run = Guid.NewGuid().ToString("N")[..8];

    private protected ManualTime Time { get; } = new();

    protected string Alice => Named("alice");

    protected string Bob => Named("bob");

    private protected abstract IInbox Create(InboxOptions? options = null);

    protected string Named(string name) => $"{_run}-{name}";

    [Fact]
    public async Task AppendAsync_OneAfterTheOther_NumbersFromOneWithoutAGap()
    {
        var inbox = Create();
        for (var i = 1; i <= 20; i++)
            Assert.Equal(i, await AppendAsync(inbox, Alice, Frame(i)));
    }

    [Fact]
    public async Task AppendAsync_BegunOneAfterTheOther_KeepsThatOrder()
    {
        var inbox = Create();
        var numbers = await Task.WhenAll(Enumerable.Range(1, 300).Select(i => AppendAsync(inbox, Alice, Frame(i))));
        Assert.Equal(Enumerable.Range(1, 300).Select(i => (long)i), numbers);
        Assert.Equal(Enumerable.Range(1, 300).Select(Text), Texts(await inbox.ReadAsync(Alice, 0, 1000, default)));
    }

    [Fact]
    public async Task AppendAsync_ManyThreads_NumbersAreGaplessAndEachFrameIsThereOnce()
    {
        var inbox = Create();
        var numbers = await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(async () =>
        {
            var mine = new List<long>();
            for (var i = 0; i < 50; i++)
                mine.Add(await AppendAsync(inbox, Alice, Frame((thread * 1000) + i)));
            return mine;
        })));

        Assert.Equal(Enumerable.Range(1, 200).Select(i => (long)i), numbers.SelectMany(mine => mine).Order());
        var page = await inbox.ReadAsync(Alice, 0, 1000, default);
        Assert.Equal(200, Texts(page).Distinct().Count());
    }

    [Fact]
    public async Task AppendAsync_CallerUsesItsBufferAgain_StoredFrameStays()
    {
        var inbox = Create();
        var buffer = Frame(1);
        var appended = AppendAsync(inbox, Alice, buffer);
        buffer.AsSpan().Fill((byte)'x');
        await appended;
        Assert.Equal([Text(1)], Texts(await inbox.ReadAsync(Alice, 0, 10, default)));
    }

    [Fact]
    public async Task AppendAsync_AnyBytes_ComeBackByteForByte()
    {
        var inbox = Create();
        byte[][] frames =
        [
            Encoding.UTF8.GetBytes("""{"from":"a","to":"b","body":"\u0000 \" \\ / 👋 漢字 ünïcode"}"""),
            Encoding.UTF8.GetBytes("{\"body\":\"line\\nbreak\",\r\n\t\"x\":1e400}"),
            [.. Enumerable.Range(0, 256).Select(i => (byte)i)],
            [],
            [.. Enumerable.Repeat((byte)'ä', 70_000)],
        ];
        foreach (var frame in frames)
            await AppendAsync(inbox, Alice, frame);

        var page = await inbox.ReadAsync(Alice, 0, 10, default);
        Assert.Equal(frames, page.Entries.Select(entry => entry.Frame.ToArray()));
    }

    [Fact]
    public async Task AppendAsync_TwoUsers_HaveTheirOwnLogs()
    {
        var inbox = Create();
        await AppendAsync(inbox, Alice, Frame(1));
        await AppendAsync(inbox, Bob, Frame(2));
        Assert.Equal(2, await AppendAsync(inbox, Alice, Frame(3)));
        await inbox.ConfirmAsync([KeyValuePair.Create(Alice, 2L)], default);

        Assert.Equal([Text(1), Text(3)], Texts(await inbox.ReadAsync(Alice, 0, 10, default)));
        Assert.Equal([Text(2)], Texts(await inbox.ReadAsync(Bob, null, 10, default)));
    }

    [Fact]
    public async Task AppendAsync_MoreThanTheBound_OldestGiveWay()
    {
        var inbox = Create(new InboxOptions { MaxMessages = 10 });
        for (var i = 1; i <= 25; i++)
            await AppendAsync(inbox, Alice, Frame(i));

        var page = await inbox.ReadAsync(Alice, null, 100, default);
        Assert.Equal(25, page.LastSeq);
        Assert.Equal(Enumerable.Range(16, 10).Select(i => (long)i), page.Entries.Select(entry => entry.Seq));
        Assert.Equal(Enumerable.Range(16, 10).Select(Text), Texts(page));
    }

    [Fact]
    public async Task ReadAsync_NoLog_IsEmpty()
    {
        var inbox = Create();
        AssertPage(await inbox.ReadAsync(Alice, null, 10, default), after: 0, last: 0);
        AssertPage(await inbox.ReadAsync(Alice, 5, 10, default), after: 5, last: 0);
    }

    [Fact]
    public async Task ReadAsync_AfterANumber_GivesWhatComesBehindIt()
    {
        var inbox = await FilledAsync(5);
        AssertPage(await inbox.ReadAsync(Alice, 3, 10, default), after: 3, last: 5, 4, 5);
        AssertPage(await inbox.ReadAsync(Alice, 5, 10, default), after: 5, last: 5);
        AssertPage(await inbox.ReadAsync(Alice, 99, 10, default), after: 99, last: 5);
    }

    [Fact]
    public async Task ReadAsync_PageByPage_GivesAllOfIt()
    {
        var inbox = await FilledAsync(50);
        var numbers = new List<long>();
        var after = 0L;
        InboxPage page;
        do
        {
            page = await inbox.ReadAsync(Alice, after, 7, default);
            Assert.InRange(page.Entries.Count, 1, 7);
            numbers.AddRange(page.Entries.Select(entry => entry.Seq));
            after = page.ReadTo;
        }
        while (page.HasMore);

        Assert.Equal(Enumerable.Range(1, 50).Select(i => (long)i), numbers);
    }

    [Fact]
    public async Task ReadAsync_Twice_GivesTheSame()
    {
        var inbox = await FilledAsync(3);
        AssertPage(await inbox.ReadAsync(Alice, null, 10, default), after: 0, last: 3, 1, 2, 3);
        AssertPage(await inbox.ReadAsync(Alice, null, 10, default), after: 0, last: 3, 1, 2, 3);
    }

    [Fact]
    public async Task ConfirmAsync_LowerNumberThanBefore_ChangesNothing()
    {
        var inbox = await FilledAsync(5);
        await inbox.ConfirmAsync([KeyValuePair.Create(Alice, 3L)], default);
        AssertPage(await inbox.ReadAsync(Alice, null, 10, default), after: 3, last: 5, 4, 5);
        await inbox.ConfirmAsync([KeyValuePair.Create(Alice, 2L)], default);
        AssertPage(await inbox.ReadAsync(Alice, null, 10, default), after: 3, last: 5, 4, 5);
        await inbox.ConfirmAsync([KeyValuePair.Create(Alice, 5L)], default);
        AssertPage(await inbox.ReadAsync(Alice, null, 10, default), after: 5, last: 5);
    }

    [Fact]
    public async Task ConfirmAsync_NumbersAboveNine_AreComparedAsNumbers()
    {
        var inbox = await FilledAsync(12);
        await inbox.ConfirmAsync([KeyValuePair.Create(Alice, 9L)], default);
        await inbox.ConfirmAsync([KeyValuePair.Create(Alice, 10L)], default);
        AssertPage(await inbox.ReadAsync(Alice, null, 10, default), after: 10, last: 12, 11, 12);
    }

    /// <summary>A client may give any <c>last_seq</c>, and confirm it before the log was read: what comes later must not count as received.</summary>
    [Fact]
    public async Task ConfirmAsync_HigherThanTheLastNumber_ConfirmsNothingThatIsYetToCome()
    {
        var inbox = await FilledAsync(2);
        await inbox.ConfirmAsync([KeyValuePair.Create(Alice, 4L), KeyValuePair.Create(Bob, long.MaxValue)], default);
        await AppendAsync(inbox, Alice, Frame(3));
        await AppendAsync(inbox, Alice, Frame(4));
        await AppendAsync(inbox, Bob, Frame(1));
        AssertPage(await inbox.ReadAsync(Alice, null, 10, default), after: 2, last: 4, 3, 4);
        AssertPage(await inbox.ReadAsync(Bob, null, 10, default), after: 0, last: 1, 1);
    }

    [Fact]
    public async Task ConfirmAsync_SeveralUsers_EachGetsHisNumber()
    {
        var inbox = await FilledAsync(2);
        await AppendAsync(inbox, Bob, Frame(1));
        await inbox.ConfirmAsync([KeyValuePair.Create(Alice, 1L), KeyValuePair.Create(Bob, 1L)], default);
        await inbox.ConfirmAsync([], default);
        AssertPage(await inbox.ReadAsync(Alice, null, 10, default), after: 1, last: 2, 2);
        AssertPage(await inbox.ReadAsync(Bob, null, 10, default), after: 1, last: 1);
    }

    [Fact]
    public async Task ConfirmAsync_ConfirmedMessages_CanStillBeReadByAnotherDevice()
    {
        var inbox = await FilledAsync(3);
        await inbox.ConfirmAsync([KeyValuePair.Create(Alice, 3L)], default);
        AssertPage(await inbox.ReadAsync(Alice, 0, 10, default), after: 0, last: 3, 1, 2, 3);
    }

    private protected async Task<IInbox> FilledAsync(int count, InboxOptions? options = null)
    {
        var inbox = Create(options);
        for (var i = 1; i <= count; i++)
            await AppendAsync(inbox, Alice, Frame(i));
        return inbox;
    }

    internal static async Task<long> AppendAsync(IInbox inbox, string user, byte[] frame) =>
        (await inbox.AppendAsync(user, [new InboxMessage(frame)], default))[0].Seq;

    private protected async Task<InboxAppended> AppendAsync(IInbox inbox, InboxMessage message, string? to = null) =>
        (await inbox.AppendAsync(to ?? Alice, [message], default))[0];

    protected static byte[] Frame(int number) => Encoding.UTF8.GetBytes(Text(number));

    protected static string Text(int number) => $$"""{"from":"x","to":"y","body":{{number}}}""";

    private protected static void AssertPage(InboxPage page, long after, long last, params long[] numbers)
    {
        Assert.Equal(numbers, page.Entries.Select(entry => entry.Seq));
        Assert.Equal((after, last), (page.After, page.LastSeq));
    }

    private static IEnumerable<string> Texts(InboxPage page) => page.Entries.Select(entry => Encoding.UTF8.GetString(entry.Frame.Span));
}
