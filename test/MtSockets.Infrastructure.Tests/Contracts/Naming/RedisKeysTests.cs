using MtSockets.Contracts.Naming;

namespace MtSockets.Infrastructure.Tests.Contracts.Naming;

/// <summary>Keys that other programs rely on: a change here breaks a cluster of two versions.</summary>
public sealed class RedisKeysTests
{
    [Fact]
    public void Keys_OfTheSpec_AreToTheLetter() => Assert.Equal("user:bob", RedisKeys.User("bob"));

    [Fact]
    public void Keys_OfOurOwn_StayAsTheyAre()
    {
        Assert.Equal("user_servers:bob", RedisKeys.UserServers("bob"));
        Assert.Equal("servers", RedisKeys.Servers);
        Assert.Equal("server:s-1", RedisKeys.Server("s-1"));
        Assert.Equal("server_users:s-1", RedisKeys.ServerUsers("s-1"));
        Assert.Equal("server_cleanup:s-1", RedisKeys.ServerCleanup("s-1"));
        Assert.Equal("inbox:{bob}", RedisKeys.Inbox("bob"));
        Assert.Equal("inbox:{bob}:seq", RedisKeys.InboxSeq("bob"));
        Assert.Equal("inbox:{bob}:confirmed", RedisKeys.InboxConfirmed("bob"));
        Assert.Equal("inbox:{bob}:receipts", RedisKeys.InboxReceipts("bob"));
        Assert.Equal("inbox:{bob}:dedup:5:alice:c-17", RedisKeys.InboxDedup("bob", "alice", "c-17"));
    }

    [Fact]
    public void InboxDedup_SenderAndId_AreKeptApart()
    {
        string[] keys =
        [
            RedisKeys.InboxDedup("bob", "a:b", "c"), RedisKeys.InboxDedup("bob", "a", "b:c"), RedisKeys.InboxDedup("bob", "a:b:c", ""),
        ];
        Assert.Equal(keys.Length, keys.Distinct().Count());
    }

    /// <summary>What stands between the first { and the first } behind it decides where a Redis Cluster keeps a key.</summary>
    [Theory]
    [InlineData("bob")]
    [InlineData("a}b{c")]
    [InlineData("{a}")]
    public void Keys_OfOneUsersInbox_AreInOneSlot(string user)
    {
        Assert.NotEqual("", HashTag(RedisKeys.Inbox(user)));
        Assert.Equal(HashTag(RedisKeys.Inbox(user)), HashTag(RedisKeys.InboxSeq(user)));
        Assert.Equal(HashTag(RedisKeys.Inbox(user)), HashTag(RedisKeys.InboxConfirmed(user)));
        Assert.Equal(HashTag(RedisKeys.Inbox(user)), HashTag(RedisKeys.InboxReceipts(user)));
        Assert.Equal(HashTag(RedisKeys.Inbox(user)), HashTag(RedisKeys.InboxDedup(user, "{s}", "{c}")));
    }

    private static string HashTag(string key)
    {
        var open = key.IndexOf('{', StringComparison.Ordinal);
        var close = key.IndexOf('}', open);
        // Without anything between them the whole key counts.
        return close == open + 1 ? key : key[(open + 1)..close];
    }
}
