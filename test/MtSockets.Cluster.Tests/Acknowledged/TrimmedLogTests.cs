using MtSockets.Cluster.Tests.Servers;
using Xunit;

namespace MtSockets.Cluster.Tests.Acknowledged;

/// <summary>A log that has been cut behind the client's back: never a hole in silence.</summary>
public sealed class TrimmedLogTests : IAsyncLifetime
{
    private const int Kept = 5;
    private const int Sent = 8;
    private EdgeCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await EdgeCluster.StartAsync(2, ("Inbox__MaxMessages", "5"), ("Inbox__PageSize", "2"));

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Theory]
    [InlineData(0, false)]
    [InlineData(Sent - Kept - 1, false)]
    [InlineData(Sent - Kept, true)]
    [InlineData(Sent - 1, true)]
    public async Task Connect_LogBeginsLater_WelcomeSaysWhere(int lastSeq, bool resumed)
    {
        await using var alice = await V1Client.ConnectAsync(_cluster[0], EdgeSetup.Unique("alice"));
        var user = EdgeSetup.Unique("bob");
        for (var i = 1; i <= Sent; i++)
            Assert.Equal(i, await alice.SendAcknowledgedAsync(user, $"message {i}", $"m-{i}"));

        await using var bob = await V1Client.ConnectAsync(_cluster[1], user, lastSeq);

        Assert.Equal(resumed, bob.Welcome.GetProperty("resumed").GetBoolean());
        Assert.Equal(Sent, bob.Welcome.GetProperty("seq").GetInt64());
        Assert.Equal(!resumed, bob.Welcome.TryGetProperty("first", out var first));
        if (!resumed)
            Assert.Equal(Sent - Kept + 1, first.GetInt64());
        for (var i = Math.Max(lastSeq, Sent - Kept) + 1; i <= Sent; i++)
            await bob.ExpectMessageAsync(i, $"message {i}");
    }
}
