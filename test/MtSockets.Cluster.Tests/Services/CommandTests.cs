using System.Text.Json;
using MtSockets.Cluster.Tests.Brokers;
using MtSockets.Cluster.Tests.Servers;
using MtSockets.Contracts.Commands;
using MtSockets.Contracts.Events;
using MtSockets.Contracts.Naming;
using Xunit;

namespace MtSockets.Cluster.Tests.Services;

/// <summary>What other .NET services ask of the servers.</summary>
public sealed class CommandTests(TwoServers servers) : IClassFixture<TwoServers>, IAsyncLifetime
{
    private readonly EdgeCluster _cluster = servers.Cluster;
    private PlainBus _bus = null!;

    public async Task InitializeAsync() => _bus = await PlainBus.StartAsync(_cluster.RabbitMq);

    public async Task DisposeAsync() => await _bus.DisposeAsync();

    [Fact]
    public async Task SendToUser_Published_ReachesEveryDevice()
    {
        var first = await _cluster.ConnectAsync(0, EdgeSetup.Unique("bob"));
        var second = await _cluster.ConnectAsync(1, first.User);

        await _bus.Bus.Publish(new SendToUser("shop", first.User, "your order"));

        var frame = $$"""{"from":"shop","to":"{{first.User}}","body":"your order"}""";
        Assert.Equal(frame, await first.ReceiveAsync());
        Assert.Equal(frame, await second.ReceiveAsync());
    }

    [Fact]
    public async Task SendToUser_RequestForUserWhoIsConnected_IsSent()
    {
        var bob = await _cluster.ConnectAsync(1, EdgeSetup.Unique("bob"));

        var result = await _bus.RequestAsync(new SendToUser("shop", bob.User, JsonSerializer.SerializeToElement(new { order = 7, paid = true })));

        Assert.Equal(new SendToUserResult(SendOutcome.Sent), result);
        Assert.Equal($$$"""{"from":"shop","to":"{{{bob.User}}}","body":{"order":7,"paid":true}}""", await bob.ReceiveAsync());
    }

    [Fact]
    public async Task SendToUser_RequestForUserWhoIsNowhere_IsStoredAndComesWithHim()
    {
        var user = EdgeSetup.Unique("bob");

        var result = await _bus.RequestAsync(new SendToUser("shop", user, "waiting"));
        var stored = (MessageStored)await _bus.Events.NextAsync(e => e is MessageStored { To: var to } && to == user);

        Assert.Equal(SendOutcome.Stored, result.Outcome);
        Assert.Equal(("shop", user, 1), (stored.From, stored.To, stored.Seq));
        var bob = await _cluster.ConnectAsync(0, user);
        Assert.Equal($$"""{"from":"shop","to":"{{user}}","body":"waiting"}""", await bob.ReceiveAsync());
    }

    [Theory]
    [InlineData("", "bob")]
    [InlineData("shop", "")]
    [InlineData("shop", "a\u0001b")]
    public async Task SendToUser_RequestThatIsWrong_IsRejectedWithReason(string from, string to)
    {
        var result = await _bus.RequestAsync(new SendToUser(from, to, "x"));

        Assert.Equal(SendOutcome.Rejected, result.Outcome);
        Assert.NotEmpty(result.Message!);
    }

    [Fact]
    public async Task SendToUser_BodyThatNoConnectionTakes_IsRejectedAndTheUserStaysWell()
    {
        var user = EdgeSetup.Unique("bob");

        var result = await _bus.RequestAsync(new SendToUser("shop", user, new string('x', 1100 * 1024)));
        await _bus.RequestAsync(new SendToUser("shop", user, "small"));

        Assert.Equal(SendOutcome.Rejected, result.Outcome);
        var bob = await _cluster.ConnectAsync(0, user);
        Assert.Contains("small", await bob.ReceiveAsync(), StringComparison.Ordinal);
    }

    public static TheoryData<string> WrongCommands => ["send", "broadcast", "disconnect"];

    [Theory]
    [MemberData(nameof(WrongCommands))]
    public async Task Publish_WrongCommand_GoesToTheDeadLetterQueueWithoutRetries(string kind)
    {
        await using var amqp = await AmqpChannel.OpenAsync(_cluster.RabbitMq);
        var deadLetters = await amqp.ConsumeAsync(BusNames.DeadLetterQueue);
        var mark = EdgeSetup.Unique("wrong");

        await _bus.Bus.Publish(kind switch
        {
            "send" => new SendToUser(mark, "", "to nobody"),
            "broadcast" => new Broadcast(mark + "\n", "from nobody"),
            _ => (object)new DisconnectUser(mark + "\n"),
        });

        // Its retries would take half a minute.
        await deadLetters.NextAsync(message => message.Body.Contains(mark, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Broadcast_Published_ReachesEverybodyOnEveryServer()
    {
        var clients = new[]
        {
            await _cluster.ConnectAsync(0, EdgeSetup.Unique("bob")),
            await _cluster.ConnectAsync(0, EdgeSetup.Unique("carol")),
            await _cluster.ConnectAsync(1, EdgeSetup.Unique("dora")),
        };

        await _bus.Bus.Publish(new Broadcast("operations", "maintenance at noon"));

        foreach (var client in clients)
            Assert.Equal("""{"from":"operations","to":"*","body":"maintenance at noon"}""", await client.ReceiveAsync());
        foreach (var client in clients)
            await client.ExpectNothingAsync();
    }

    [Fact]
    public async Task DisconnectUser_Published_ClosesEveryDeviceWith4001()
    {
        var first = await _cluster.ConnectAsync(0, EdgeSetup.Unique("bob"));
        var second = await _cluster.ConnectAsync(1, first.User);
        var other = await _cluster.ConnectAsync(1, EdgeSetup.Unique("carol"));

        await _bus.Bus.Publish(new DisconnectUser(first.User, "blocked by an admin"));

        foreach (var device in (TestKit.Sockets.TestClient[])[first, second])
        {
            var close = await device.WaitForCloseAsync();
            Assert.Equal((4001, "blocked by an admin"), (close.Code, close.Reason));
        }

        await other.ExpectNothingAsync();
        await _bus.Events.NextAsync(e => e is UserOffline { UserId: var user } && user == first.User);
    }

    [Fact]
    public async Task Events_OfAUserWithTwoDevices_ComeWithTheirFacts()
    {
        var first = await _cluster.ConnectAsync(0, EdgeSetup.Unique("bob"));
        var connected = (UserConnected)await _bus.Events.NextAsync(e => e is UserConnected { UserId: var user } && user == first.User);
        var second = await _cluster.ConnectAsync(1, first.User);
        var connectedAgain = (UserConnected)await _bus.Events.NextAsync(e => e is UserConnected { UserId: var user } && user == first.User);
        await first.CloseAsync();
        var disconnected = (UserDisconnected)await _bus.Events.NextAsync(e => e is UserDisconnected { UserId: var user } && user == first.User);
        await second.CloseAsync();
        var offline = (UserOffline)await _bus.Events.NextAsync(e => e is UserOffline { UserId: var user } && user == first.User);

        Assert.Equal((_cluster[0].Id, _cluster[1].Id), (connected.ServerId, connectedAgain.ServerId));
        Assert.NotEqual(connected.ConnectionId, connectedAgain.ConnectionId);
        Assert.Equal((connected.ConnectionId, 1000), (disconnected.ConnectionId, disconnected.CloseCode));
        Assert.Equal(_cluster[1].Id, offline.ServerId);
    }
}
