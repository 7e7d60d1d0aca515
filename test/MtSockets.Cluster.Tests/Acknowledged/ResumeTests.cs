using System.Text.Json;
using MtSockets.Cluster.Tests.Brokers;
using MtSockets.Cluster.Tests.Servers;
using MtSockets.TestKit;
using Xunit;

namespace MtSockets.Cluster.Tests.Acknowledged;

/// <summary>A client of <c>mtsockets.v1</c> that comes back, to whichever server.</summary>
public sealed class ResumeTests(TwoServers servers) : IClassFixture<TwoServers>
{
    private readonly EdgeCluster _cluster = servers.Cluster;

    [Fact]
    public async Task Connect_FirstTime_WelcomeSaysWhoWhereAndWhatTheLimitsAre()
    {
        await using var bob = await V1Client.ConnectAsync(_cluster[1], EdgeSetup.Unique("bob"));

        var welcome = bob.Welcome;
        Assert.Equal(
            ["op", "connection", "user", "server", "seq", "resumed", "limits"], welcome.EnumerateObject().Select(property => property.Name));
        Assert.NotEqual("", welcome.GetProperty("connection").GetString());
        Assert.Equal(bob.User, welcome.GetProperty("user").GetString());
        Assert.Equal(_cluster[1].Id, welcome.GetProperty("server").GetString());
        Assert.Equal(0, welcome.GetProperty("seq").GetInt64());
        Assert.True(welcome.GetProperty("resumed").GetBoolean());
        Assert.Equal(
            """{"max_frame_bytes":65536,"send_queue_bytes":1048576,"dedup_seconds":300}""", JsonSerializer.Serialize(welcome.GetProperty("limits")));
    }

    [Fact]
    public async Task Connect_WithLastSeqOnAnotherServer_GetsExactlyWhatFollows()
    {
        await using var alice = await V1Client.ConnectAsync(_cluster[0], EdgeSetup.Unique("alice"));
        var user = EdgeSetup.Unique("bob");
        await using (var first = await V1Client.ConnectAsync(_cluster[0], user))
        {
            await SendAsync(alice, user, 1, 45);
            for (var i = 1; i <= 41; i++)
                await first.ExpectMessageAsync(i, Body(i));
        }

        await using var again = await V1Client.ConnectAsync(_cluster[1], user, lastSeq: 41);

        Assert.Equal(45, again.Welcome.GetProperty("seq").GetInt64());
        Assert.True(again.Welcome.GetProperty("resumed").GetBoolean());
        for (var i = 42; i <= 45; i++)
            await again.ExpectMessageAsync(i, Body(i));
        await SendAsync(alice, user, 46, 1);
        await again.ExpectMessageAsync(46, Body(46));
    }

    [Fact]
    public async Task Connect_WithLastSeq_GetsWhatItLacksWhateverOthersConfirmed()
    {
        await using var alice = await V1Client.ConnectAsync(_cluster[0], EdgeSetup.Unique("alice"));
        await using var phone = await V1Client.ConnectAsync(_cluster[0], EdgeSetup.Unique("bob"));
        await SendAsync(alice, phone.User, 1, 5);
        await TakeAsync(phone, 1, 5);
        await ConfirmedAsync(phone, 5);

        await using var tablet = await V1Client.ConnectAsync(_cluster[1], phone.User, lastSeq: 2);

        await TakeAsync(tablet, 3, 3);
    }

    [Fact]
    public async Task Connect_WithoutLastSeq_GetsWhatNoDeviceConfirmed()
    {
        await using var alice = await V1Client.ConnectAsync(_cluster[0], EdgeSetup.Unique("alice"));
        await using var phone = await V1Client.ConnectAsync(_cluster[0], EdgeSetup.Unique("bob"));
        await SendAsync(alice, phone.User, 1, 5);
        await TakeAsync(phone, 1, 5);
        await ConfirmedAsync(phone, 3);

        await using var tablet = await V1Client.ConnectAsync(_cluster[1], phone.User);

        Assert.True(tablet.Welcome.GetProperty("resumed").GetBoolean());
        await TakeAsync(tablet, 4, 2);
    }

    [Fact]
    public async Task Connect_WithLastSeqBeyondTheEnd_HearsThatItIsNotResumed()
    {
        await using var alice = await V1Client.ConnectAsync(_cluster[0], EdgeSetup.Unique("alice"));
        var user = EdgeSetup.Unique("bob");
        await SendAsync(alice, user, 1, 2);

        await using var bob = await V1Client.ConnectAsync(_cluster[1], user, lastSeq: 1000);

        Assert.False(bob.Welcome.GetProperty("resumed").GetBoolean());
        Assert.Equal(1, bob.Welcome.GetProperty("first").GetInt64());
        await TakeAsync(bob, 1, 2);
    }

    [Fact]
    public async Task Confirm_HigherThanAnythingGiven_IsAnErrorAndConfirmsNothing()
    {
        await using var alice = await V1Client.ConnectAsync(_cluster[0], EdgeSetup.Unique("alice"));
        await using var bob = await V1Client.ConnectAsync(_cluster[0], EdgeSetup.Unique("bob"));
        await SendAsync(alice, bob.User, 1, 2);
        await TakeAsync(bob, 1, 2);

        await bob.ConfirmAsync(3);
        await bob.ExpectErrorAsync("bad_frame", retry: false);
        await ConfirmedAsync(bob, 1);

        await using var again = await V1Client.ConnectAsync(_cluster[1], bob.User);
        await TakeAsync(again, 2, 1);
    }

    private async Task ConfirmedAsync(V1Client client, long seq)
    {
        await client.ConfirmAsync(seq);
        await using var redis = await RedisView.OpenAsync(_cluster.Redis);
        await Eventually.ValueAsync(
            () => redis.StringAsync($"inbox:{{{client.User}}}:confirmed"),
            confirmed => confirmed == seq.ToString(System.Globalization.CultureInfo.InvariantCulture),
            $"{seq} is confirmed");
    }

    private static async Task SendAsync(V1Client sender, string to, int first, int count)
    {
        for (var i = first; i < first + count; i++)
            Assert.Equal(i, await sender.SendAcknowledgedAsync(to, Body(i), $"m-{i}"));
    }

    private static async Task TakeAsync(V1Client recipient, int first, int count)
    {
        for (var i = first; i < first + count; i++)
            await recipient.ExpectMessageAsync(i, Body(i));
    }

    private static string Body(int i) => $"message {i}";
}
