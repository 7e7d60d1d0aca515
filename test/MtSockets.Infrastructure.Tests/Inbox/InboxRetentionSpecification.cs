using MtSockets.Infrastructure.Inbox;

namespace MtSockets.Infrastructure.Tests.Inbox;

/// <summary>What every inbox must do as time goes by.</summary>
public abstract class InboxRetentionSpecification : InboxSpecification
{
    private static readonly InboxOptions OneDay = new() { RetentionDays = 1 };

    [Fact]
    public async Task ReadAsync_OlderThanTheRetention_IsNotGiven()
    {
        var inbox = await FilledAsync(3, OneDay);
        Time.Advance(TimeSpan.FromHours(23));
        await AppendAsync(inbox, Alice, Frame(4));
        AssertPage(await inbox.ReadAsync(Alice, 0, 10, default), after: 0, last: 4, 1, 2, 3, 4);

        Time.Advance(TimeSpan.FromHours(2));
        AssertPage(await inbox.ReadAsync(Alice, 0, 10, default), after: 0, last: 4, 4);
    }

    [Fact]
    public async Task AppendAsync_AllHaveExpired_NumbersGoOn()
    {
        var inbox = await FilledAsync(3, OneDay);
        Time.Advance(TimeSpan.FromHours(25));
        Assert.Equal(4, await AppendAsync(inbox, Alice, Frame(4)));
        AssertPage(await inbox.ReadAsync(Alice, null, 10, default), after: 0, last: 4, 4);
    }

    [Fact]
    public async Task ReadAsync_FirstPagesHaveExpired_WhoReadsOnGetsWhatLives()
    {
        var inbox = await FilledAsync(40, OneDay);
        Time.Advance(TimeSpan.FromHours(25));
        await AppendAsync(inbox, Alice, Frame(41));
        await AppendAsync(inbox, Alice, Frame(42));
        Assert.Equal([41, 42], await ReadAllAsync(inbox, pageSize: 5));
    }

    [Fact]
    public async Task ReadAsync_FirstPageHasExpiredInPart_WhoReadsOnGetsAllThatLives()
    {
        var inbox = await FilledAsync(12, OneDay);
        Time.Advance(TimeSpan.FromHours(25));
        for (var i = 13; i <= 30; i++)
        {
            // One by one, because an append may clear away only some of what has expired.
            await AppendAsync(inbox, Alice, Frame(i));
            Assert.Equal(Enumerable.Range(13, i - 12).Select(number => (long)number), await ReadAllAsync(inbox, pageSize: 10));
        }
    }

    [Fact]
    public async Task ReadAsync_AllHaveExpired_KnowsTheLastNumber()
    {
        var inbox = await FilledAsync(30, OneDay);
        Time.Advance(TimeSpan.FromHours(25));
        AssertPage(await inbox.ReadAsync(Alice, null, 10, default), after: 0, last: 30);
    }

    private async Task<IReadOnlyList<long>> ReadAllAsync(IInbox inbox, int pageSize)
    {
        var numbers = new List<long>();
        InboxPage? page = null;
        do
        {
            page = await inbox.ReadAsync(Alice, page?.ReadTo, pageSize, default);
            numbers.AddRange(page.Entries.Select(entry => entry.Seq));
        }
        while (page.HasMore);
        return numbers;
    }
}
