using System.Text;
using MtSockets.Cluster.Tests.Servers;
using MtSockets.Infrastructure.Inbox;
using Xunit;

namespace MtSockets.Cluster.Tests.Acknowledged;

/// <summary>A message that is in the log and that nobody ever tells of: its sender's server died in between.</summary>
public sealed class SlowTailTests : IAsyncLifetime
{
    private EdgeCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await EdgeCluster.StartAsync(2, ("Inbox__CheckMs", "300"));

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task Append_WithoutAWordOnTheBus_IsFoundByTheCheck()
    {
        await using var alice = await V1Client.ConnectAsync(_cluster[0], EdgeSetup.Unique("alice"));
        await using var bob = await V1Client.ConnectAsync(_cluster[1], EdgeSetup.Unique("bob"));
        Assert.Equal(1, await alice.SendAcknowledgedAsync(bob.User, "one", "c-1"));
        await bob.ExpectMessageAsync(1, "one");

        for (var seq = 2; seq <= 4; seq++)
        {
            await AppendAsync(alice.User, bob.User, $"tail {seq}", seq);
            await bob.ExpectMessageAsync(seq, $"tail {seq}");
        }

        Assert.Equal(5, await alice.SendAcknowledgedAsync(bob.User, "five", "c-5"));
        await bob.ExpectMessageAsync(5, "five");
    }

    [Fact]
    public async Task Append_WithoutAWordOnTheBus_ComesBeforeTheNextMessage()
    {
        await using var alice = await V1Client.ConnectAsync(_cluster[0], EdgeSetup.Unique("alice"));
        await using var bob = await V1Client.ConnectAsync(_cluster[1], EdgeSetup.Unique("bob"));

        for (var seq = 1; seq < 20; seq += 2)
        {
            await AppendAsync(alice.User, bob.User, $"tail {seq}", seq);
            Assert.Equal(seq + 1, await alice.SendAcknowledgedAsync(bob.User, $"after {seq}", $"c-{seq}"));
            await bob.ExpectMessageAsync(seq, $"tail {seq}");
            await bob.ExpectMessageAsync(seq + 1, $"after {seq}");
        }
    }

    private async Task AppendAsync(string from, string to, string body, long seq)
    {
        var frame = Encoding.UTF8.GetBytes($$"""{"from":"{{from}}","to":"{{to}}","body":"{{body}}"}""");
        var appended = await _cluster[0].Get<IInbox>().AppendAsync(to, [new InboxMessage(frame)], default);
        Assert.Equal(seq, appended[0].Seq);
    }
}
