using MtSockets.Edge.Tests.Fakes;
using MtSockets.Edge.Users;
using MtSockets.Infrastructure;
using MtSockets.TestKit;

namespace MtSockets.Edge.Tests.Users;

public sealed class ConfirmationsTests : ServerTests
{
    private readonly TestServer _server;
    private readonly Confirmations _confirmations;

    public ConfirmationsTests()
    {
        _server = AddServer();
        _confirmations = _server.Get<Confirmations>();
    }

    [Fact]
    public async Task FlushAsync_WritesTheHighestNumberOfEachUser()
    {
        _confirmations.Record("bob", 3);
        _confirmations.Record("bob", 5);
        _confirmations.Record("bob", 4);
        _confirmations.Record("carol", 1);

        await _confirmations.FlushAsync(CancellationToken.None);

        Assert.Equal(5, World.Inbox.Confirmed["bob"]);
        Assert.Equal(1, World.Inbox.Confirmed["carol"]);
    }

    [Fact]
    public async Task FlushAsync_WithRedisAway_ForgetsNothing()
    {
        _confirmations.Record("bob", 5);
        World.IsRedisUp = false;
        await Assert.ThrowsAsync<DependencyUnavailableException>(() => _confirmations.FlushAsync(CancellationToken.None));
        _confirmations.Record("bob", 4);

        World.IsRedisUp = true;
        await _confirmations.FlushAsync(CancellationToken.None);

        Assert.Equal(5, World.Inbox.Confirmed["bob"]);
    }

    [Fact]
    public async Task ExecuteAsync_WritesByItself()
    {
        await _server.RunAsync<Confirmations>();

        _confirmations.Record("bob", 5);

        await Eventually.TrueAsync(
            () =>
            {
                lock (World.Inbox.Confirmed)
                    return World.Inbox.Confirmed.GetValueOrDefault("bob") == 5;
            },
            "it is written");
    }
}
