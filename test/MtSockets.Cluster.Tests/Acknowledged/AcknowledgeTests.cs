using MtSockets.Cluster.Tests.Brokers;
using MtSockets.Cluster.Tests.Servers;
using MtSockets.TestKit;
using StackExchange.Redis;
using Xunit;

namespace MtSockets.Cluster.Tests.Acknowledged;

/// <summary>What an ack promises, and what sending again does.</summary>
public sealed class AcknowledgeTests(TwoServers servers) : IClassFixture<TwoServers>
{
    private readonly EdgeCluster _cluster = servers.Cluster;

    [Fact]
    public async Task Send_WithId_TheMessageIsInRedisWhenTheAckIsThere()
    {
        await using var redis = await RedisView.OpenAsync(_cluster.Redis);
        await using var alice = await V1Client.ConnectAsync(_cluster[0], EdgeSetup.Unique("alice"));
        var user = EdgeSetup.Unique("bob");

        for (var i = 1; i <= 20; i++)
        {
            Assert.Equal(i, await alice.SendAcknowledgedAsync(user, i, $"m-{i}"));
            var found = (RedisResult[])(await redis.Database.ExecuteAsync("XRANGE", $"inbox:{{{user}}}", $"{i}-0", $"{i}-0"))!;
            var fields = (RedisValue[])((RedisResult[])Assert.Single(found)!)[1]!;
            Assert.Equal($$"""{"from":"{{alice.User}}","to":"{{user}}","body":{{i}}}""", (string?)fields[Array.IndexOf(fields, "frame") + 1]);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Send_WithId_RecipientGetsWhatIsKnownOfIt(int server)
    {
        await using var alice = await V1Client.ConnectAsync(_cluster[0], EdgeSetup.Unique("alice"));
        await using var bob = await V1Client.ConnectAsync(_cluster[server], EdgeSetup.Unique("bob"));

        await alice.SendAsync(bob.User, "hello", "c-17", type: "note");
        Assert.Equal(1, await alice.ExpectAckAsync("c-17"));

        var message = await bob.ExpectMessageAsync(1, "hello");
        Assert.Equal(["from", "to", "body", "seq", "id", "type", "at"], message.EnumerateObject().Select(property => property.Name));
        Assert.Equal(alice.User, message.GetProperty("from").GetString());
        Assert.Equal("c-17", message.GetProperty("id").GetString());
        Assert.Equal("note", message.GetProperty("type").GetString());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Send_SameIdAgain_IsAcknowledgedWithTheSameNumberAndDeliveredOnce(int secondServer)
    {
        await using var bob = await V1Client.ConnectAsync(_cluster[1], EdgeSetup.Unique("bob"));
        var name = EdgeSetup.Unique("alice");
        await using (var alice = await V1Client.ConnectAsync(_cluster[0], name))
            Assert.Equal(1, await alice.SendAcknowledgedAsync(bob.User, "hello", "c-17"));

        await using var again = await V1Client.ConnectAsync(_cluster[secondServer], name);
        Assert.Equal(1, await again.SendAcknowledgedAsync(bob.User, "hello", "c-17"));
        Assert.Equal(2, await again.SendAcknowledgedAsync(bob.User, "next", "c-18"));

        await bob.ExpectMessageAsync(1, "hello");
        await bob.ExpectMessageAsync(2, "next");
        await using var tablet = await V1Client.ConnectAsync(_cluster[0], bob.User, lastSeq: 0);
        await tablet.ExpectMessageAsync(1, "hello");
        await tablet.ExpectMessageAsync(2, "next");
    }

    [Fact]
    public async Task Send_SameIdByTwoSenders_IsTwoMessages()
    {
        await using var alice = await V1Client.ConnectAsync(_cluster[0], EdgeSetup.Unique("alice"));
        await using var carol = await V1Client.ConnectAsync(_cluster[1], EdgeSetup.Unique("carol"));
        await using var bob = await V1Client.ConnectAsync(_cluster[0], EdgeSetup.Unique("bob"));

        Assert.Equal(1, await alice.SendAcknowledgedAsync(bob.User, "of alice", "c-17"));
        Assert.Equal(2, await carol.SendAcknowledgedAsync(bob.User, "of carol", "c-17"));

        await bob.ExpectMessageAsync(1, "of alice");
        await bob.ExpectMessageAsync(2, "of carol");
    }

    [Fact]
    public async Task Send_SameIdToTwoRecipients_IsTwoMessages()
    {
        await using var alice = await V1Client.ConnectAsync(_cluster[0], EdgeSetup.Unique("alice"));
        await using var bob = await V1Client.ConnectAsync(_cluster[0], EdgeSetup.Unique("bob"));
        await using var carol = await V1Client.ConnectAsync(_cluster[1], EdgeSetup.Unique("carol"));

        Assert.Equal(1, await alice.SendAcknowledgedAsync(bob.User, "to bob", "c-17"));
        Assert.Equal(1, await alice.SendAcknowledgedAsync(carol.User, "to carol", "c-17"));

        await bob.ExpectMessageAsync(1, "to bob");
        await carol.ExpectMessageAsync(1, "to carol");
    }

    [Fact]
    public async Task Send_EphemeralType_ReachesWhoIsThereAndIsNeverStored()
    {
        await using var redis = await RedisView.OpenAsync(_cluster.Redis);
        await using var alice = await V1Client.ConnectAsync(_cluster[0], EdgeSetup.Unique("alice"));
        await using var bob = await V1Client.ConnectAsync(_cluster[1], EdgeSetup.Unique("bob"));
        var absent = EdgeSetup.Unique("carol");

        await alice.SendAsync(bob.User, "t", type: "typing");
        await alice.SendAsync(absent, "t", type: "typing");
        Assert.Equal(1, await alice.SendAcknowledgedAsync(absent, "kept", "c-1"));

        Assert.Equal("typing", (await bob.ExpectMessageAsync(0, "t")).GetProperty("type").GetString());
        Assert.False(await redis.ExistsAsync($"inbox:{{{bob.User}}}"));
        await using var carol = await V1Client.ConnectAsync(_cluster[1], absent);
        await carol.ExpectMessageAsync(1, "kept");
    }

    [Fact]
    public async Task Send_EphemeralTypeWithId_IsABadFrame()
    {
        await using var alice = await V1Client.ConnectAsync(_cluster[0], EdgeSetup.Unique("alice"));
        await using var bob = await V1Client.ConnectAsync(_cluster[0], EdgeSetup.Unique("bob"));

        await alice.SendAsync(bob.User, "t", "c-1", type: "typing");
        await alice.ExpectErrorAsync("bad_frame", retry: false, "c-1");

        Assert.Equal(1, await alice.SendAcknowledgedAsync(bob.User, "next", "c-1"));
        await bob.ExpectMessageAsync(1, "next");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Send_RecipientHasAPlainClientToo_ItStaysOnThePlainForm(int server)
    {
        await using var redis = await RedisView.OpenAsync(_cluster.Redis);
        await using var alice = await V1Client.ConnectAsync(_cluster[0], EdgeSetup.Unique("alice"));
        await using var phone = await V1Client.ConnectAsync(_cluster[1], EdgeSetup.Unique("bob"));
        var tablet = await _cluster.ConnectAsync(server, phone.User);
        Assert.Null(tablet.Subprotocol);

        Assert.Equal(1, await alice.SendAcknowledgedAsync(phone.User, "kept", "c-1"));
        await alice.SendAsync(phone.User, "passing", type: "note");

        await phone.ExpectMessageAsync(1, "kept");
        await phone.ExpectMessageAsync(0, "passing");
        Assert.Equal($$"""{"from":"{{alice.User}}","to":"{{phone.User}}","body":"kept"}""", await tablet.ReceiveAsync());
        Assert.Equal($$"""{"from":"{{alice.User}}","to":"{{phone.User}}","body":"passing"}""", await tablet.ReceiveAsync());
        // Its socket has taken the frame; nobody said so.
        await Eventually.ValueAsync(() => redis.StringAsync($"inbox:{{{phone.User}}}:confirmed"), confirmed => confirmed == "1", "1 is confirmed");
    }
}
