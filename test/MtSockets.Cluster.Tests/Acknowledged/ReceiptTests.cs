using MtSockets.Cluster.Tests.Brokers;
using MtSockets.Cluster.Tests.Servers;
using MtSockets.TestKit;
using Xunit;

namespace MtSockets.Cluster.Tests.Acknowledged;

/// <summary>What a sender hears of the arrival of his messages.</summary>
public sealed class ReceiptTests(TwoServers servers) : IClassFixture<TwoServers>
{
    private readonly EdgeCluster _cluster = servers.Cluster;

    [Fact]
    public async Task Confirm_SenderAskedForReceipts_HearsOfThoseHeAskedForAndOnce()
    {
        await using var alice = await V1Client.ConnectAsync(_cluster[0], EdgeSetup.Unique("alice"));
        await using var bob = await V1Client.ConnectAsync(_cluster[1], EdgeSetup.Unique("bob"));
        await alice.SendAcknowledgedAsync(bob.User, "one", "c-1", receipt: true);
        await alice.SendAcknowledgedAsync(bob.User, "two", "c-2");
        await alice.SendAcknowledgedAsync(bob.User, "three", "c-3", receipt: true);
        await bob.ExpectMessageAsync(1, "one");
        await bob.ExpectMessageAsync(2, "two");
        await bob.ExpectMessageAsync(3, "three");

        await bob.ConfirmAsync(1);
        await alice.ExpectReceiptAsync("c-1", bob.User);
        await bob.ConfirmAsync(3);
        await alice.ExpectReceiptAsync("c-3", bob.User);
        await bob.ConfirmAsync(3);

        // A second one of those would come before this one.
        await alice.SendAcknowledgedAsync(bob.User, "four", "c-4", receipt: true);
        await bob.ExpectMessageAsync(4, "four");
        await bob.ConfirmAsync(4);
        await alice.ExpectReceiptAsync("c-4", bob.User);
    }

    [Fact]
    public async Task Confirm_SenderHasMovedToAnotherServer_TheReceiptReachesHimThere()
    {
        var name = EdgeSetup.Unique("alice");
        var user = EdgeSetup.Unique("bob");
        await using (var alice = await V1Client.ConnectAsync(_cluster[0], name))
        {
            await alice.SendAcknowledgedAsync(user, "one", "c-1", receipt: true);
            await alice.Socket.CloseAsync();
        }

        await using var moved = await V1Client.ConnectAsync(_cluster[1], name);
        await using var bob = await V1Client.ConnectAsync(_cluster[0], user);
        await bob.ExpectMessageAsync(1, "one");
        await bob.ConfirmAsync(1);

        await moved.ExpectReceiptAsync("c-1", user);
    }

    [Fact]
    public async Task Confirm_SenderIsNotConnected_TheReceiptIsNotKept()
    {
        await using var redis = await RedisView.OpenAsync(_cluster.Redis);
        var name = EdgeSetup.Unique("alice");
        await using var bob = await V1Client.ConnectAsync(_cluster[0], EdgeSetup.Unique("bob"));
        await using var carol = await V1Client.ConnectAsync(_cluster[1], EdgeSetup.Unique("carol"));
        await using (var alice = await V1Client.ConnectAsync(_cluster[1], name))
        {
            await alice.SendAcknowledgedAsync(bob.User, "one", "c-1", receipt: true);
            await alice.Socket.CloseAsync();
        }

        await Eventually.TrueAsync(async () => !await redis.ExistsAsync("user_servers:" + name), "she is gone");
        await carol.SendAcknowledgedAsync(bob.User, "two", "c-2", receipt: true);
        await bob.ExpectMessageAsync(1, "one");
        await bob.ExpectMessageAsync(2, "two");
        // One confirmation, so both senders are looked for together: when carol has hers, that of alice has gone nowhere.
        await bob.ConfirmAsync(2);
        await carol.ExpectReceiptAsync("c-2", bob.User);

        await using var again = await V1Client.ConnectAsync(_cluster[1], name);
        Assert.Equal(3, await again.SendAcknowledgedAsync(bob.User, "three", "c-3", receipt: true));
        await bob.ExpectMessageAsync(3, "three");
        await bob.ConfirmAsync(3);
        await again.ExpectReceiptAsync("c-3", bob.User);
    }
}
