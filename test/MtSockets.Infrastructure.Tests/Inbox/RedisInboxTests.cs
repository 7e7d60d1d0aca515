using Microsoft.Extensions.Options;
using MtSockets.Contracts.Naming;
using MtSockets.Infrastructure.Inbox;
using MtSockets.Infrastructure.Tests.Redis;

namespace MtSockets.Infrastructure.Tests.Inbox;

public sealed class RedisInboxTests(RedisFixture redis) : InboxIdSpecification, IClassFixture<RedisFixture>
{
    private protected override IInbox Create(InboxOptions? options = null) =>
        new RedisInbox(redis.Connection, Options.Create(options ?? new InboxOptions()), Time);

    [Fact]
    public async Task AppendAsync_TwoServers_ShareOneLog()
    {
        var (one, other) = (Create(), Create());
        Assert.Equal(1, await AppendAsync(one, Alice, Frame(1)));
        Assert.Equal(2, await AppendAsync(other, Alice, Frame(2)));
        AssertPage(await one.ReadAsync(Alice, null, 10, default), after: 0, last: 2, 1, 2);
    }

    [Fact]
    public async Task AppendAsync_LogWasRemoved_NumbersGoOn()
    {
        var inbox = await FilledAsync(3);
        await redis.RawAsync(database => database.KeyDeleteAsync(RedisKeys.Inbox(Alice)));
        Assert.Equal(4, await AppendAsync(inbox, Alice, Frame(4)));
        AssertPage(await inbox.ReadAsync(Alice, null, 10, default), after: 0, last: 4, 4);
    }

    [Fact]
    public async Task AppendAsync_Keys_LiveAsLongAsTheMessagesAndTheNumbersLonger()
    {
        var inbox = await FilledAsync(1, new InboxOptions { RetentionDays = 2 });
        await inbox.ConfirmAsync([KeyValuePair.Create(Alice, 1L)], default);

        var log = await redis.RawAsync(database => database.KeyTimeToLiveAsync(RedisKeys.Inbox(Alice)));
        var seq = await redis.RawAsync(database => database.KeyTimeToLiveAsync(RedisKeys.InboxSeq(Alice)));
        var confirmed = await redis.RawAsync(database => database.KeyTimeToLiveAsync(RedisKeys.InboxConfirmed(Alice)));

        Assert.InRange(log!.Value, TimeSpan.FromHours(47), TimeSpan.FromHours(48));
        Assert.InRange(seq!.Value, TimeSpan.FromHours(95), TimeSpan.FromHours(96));
        Assert.InRange(confirmed!.Value, TimeSpan.FromHours(95), TimeSpan.FromHours(96));
    }

    [Fact]
    public async Task AppendAsync_ExpiredMessages_LeaveRedisAFewAtATime()
    {
        var inbox = await FilledAsync(20, new InboxOptions { RetentionDays = 1 });
        Time.Advance(TimeSpan.FromHours(25));
        for (var i = 21; i <= 23; i++)
            await AppendAsync(inbox, Alice, Frame(i));
        Assert.Equal(3, (long)await redis.RawAsync(database => database.ExecuteAsync("XLEN", RedisKeys.Inbox(Alice))));
    }

    /// <summary>The window ends by Redis' own clock.</summary>
    [Fact]
    public async Task AppendAsync_SameId_IsKnownForTheWindow()
    {
        var inbox = Create(new InboxOptions { DedupSeconds = 60 });
        await AppendAsync(inbox, Message("sender", "c-1"));
        var key = RedisKeys.InboxDedup(Alice, "sender", "c-1");
        var left = await redis.RawAsync(database => database.KeyTimeToLiveAsync(key));
        Assert.InRange(left!.Value, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(60));

        await redis.RawAsync(database => database.KeyDeleteAsync(key));
        Assert.Equal(new InboxAppended(2, IsDuplicate: false), await AppendAsync(inbox, Message("sender", "c-1")));
    }

    [Fact]
    public async Task AppendAsync_ScriptsForgottenByRedis_KeepsTheOrderOfAppends()
    {
        var inbox = await FilledAsync(1);
        await redis.RawAsync(database => database.ExecuteAsync("SCRIPT", "FLUSH"));
        var numbers = await Task.WhenAll(Enumerable.Range(2, 50).Select(i => AppendAsync(inbox, Alice, Frame(i))));
        Assert.Equal(Enumerable.Range(2, 50).Select(i => (long)i), numbers);
    }

    [Fact]
    public async Task AppendAsync_LastNumberWasLost_FailsOnceAndGoesOnBehindTheLog()
    {
        var inbox = await FilledAsync(3);
        await redis.RawAsync(database => database.KeyDeleteAsync(RedisKeys.InboxSeq(Alice)));
        await Assert.ThrowsAsync<DependencyUnavailableException>(() => AppendAsync(inbox, Message("sender", "c-4")));
        Assert.Equal(new InboxAppended(4, IsDuplicate: false), await AppendAsync(inbox, Message("sender", "c-4")));
    }

    /// <summary>Else what is sent again would be taken for a duplicate of a message that is not there.</summary>
    [Fact]
    public async Task AppendAsync_EntryCannotBeAdded_ItsIdIsNotRemembered()
    {
        var inbox = Create();
        await AppendAsync(inbox, Message("sender", "c-1"));
        await redis.RawAsync(database => database.StringSetAsync(RedisKeys.Inbox(Alice), "no stream"));
        await Assert.ThrowsAsync<DependencyUnavailableException>(
            () => inbox.AppendAsync(Alice, [Message("sender", "c-1"), Message("sender", "c-2"), Message("sender", "c-3")], default).AsTask());

        await redis.RawAsync(database => database.KeyDeleteAsync(RedisKeys.Inbox(Alice)));
        Assert.Equal(
            [new(2, IsDuplicate: false), new InboxAppended(3, IsDuplicate: false)],
            await inbox.AppendAsync(Alice, [Message("sender", "c-2"), Message("sender", "c-3")], default));
    }

    [Theory]
    [InlineData("SET", "garbage")]
    [InlineData("RPUSH", "garbage")]
    public async Task LastAsync_NumberOfOneUserIsGarbage_TheOthersAreTold(string command, string value)
    {
        var inbox = await FilledAsync(3);
        await redis.RawAsync(database => database.ExecuteAsync(command, RedisKeys.InboxSeq(Bob), value));
        Assert.Equal([0, 3], await inbox.LastAsync([Bob, Alice], default));
    }

    [Theory]
    [InlineData("SET", "garbage")]
    [InlineData("RPUSH", "garbage")]
    public async Task ConfirmAsync_NumberOfOneUserIsGarbage_ReceiptsForTheOthersAreDue(string command, string value)
    {
        var inbox = Create();
        await inbox.AppendAsync(Alice, [Message("sender", "c-1") with { WantsReceipt = true }], default);
        await redis.RawAsync(database => database.ExecuteAsync(command, RedisKeys.InboxConfirmed(Bob), value));
        var due = await inbox.ConfirmAsync([KeyValuePair.Create(Bob, 1L), KeyValuePair.Create(Alice, 1L)], default);
        Assert.Equal([new InboxReceipt("sender", "c-1", Alice)], due);
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("x:garbage")]
    [InlineData("99:garbage")]
    public async Task ConfirmAsync_ReceiptIsGarbage_TheOthersAreDue(string garbage)
    {
        var inbox = Create();
        await inbox.AppendAsync(Alice, [Message("sender", "c-1") with { WantsReceipt = true }], default);
        await redis.RawAsync(database => database.SortedSetAddAsync(RedisKeys.InboxReceipts(Alice), garbage, 1));
        var due = await inbox.ConfirmAsync([KeyValuePair.Create(Alice, 1L)], default);
        Assert.Equal([new InboxReceipt("sender", "c-1", Alice)], due);
    }
}
