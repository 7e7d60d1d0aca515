using MtSockets.Infrastructure.Leases;
using MtSockets.Infrastructure.Tests.Fakes;
using MtSockets.TestKit;

namespace MtSockets.Infrastructure.Tests.Leases;

public sealed class ServerDirectoryTests
{
    private readonly HeldLeases _leases = new();
    private readonly ServerDirectory _directory;

    public ServerDirectoryTests() => _directory = new ServerDirectory(_leases, TimeProvider.System);

    /// <summary>That question was asked too early: its answer would make a stranger of the new server.</summary>
    [Fact]
    public async Task StandingAsync_OfAServerThatIsNewerThanTheQuestionUnderWay_AsksAnew()
    {
        var before = _directory.RefreshAsync(CancellationToken.None).AsTask();
        _leases.Servers["edge-2"] = true;

        var standings = Enumerable.Range(0, 3).Select(_ => _directory.StandingAsync("edge-2", CancellationToken.None).AsTask()).ToArray();
        _leases.Answer();
        await before;
        await Eventually.TrueAsync(() => _leases.Asked == 2 || standings[0].IsCompleted, "it is asked once more, or not");
        if (_leases.Asked == 2)
            _leases.Answer();

        Assert.All(await Task.WhenAll(standings), standing => Assert.Equal(ServerStanding.Live, standing));
        Assert.Equal(2, _leases.Asked);
    }

    [Fact]
    public async Task RefreshAsync_AfterOneThatHadToWait_AsksAgain()
    {
        for (var round = 1; round <= 3; round++)
        {
            var first = _directory.RefreshAsync(CancellationToken.None).AsTask();
            var second = _directory.RefreshAsync(CancellationToken.None).AsTask();
            _leases.Answer();
            await first;
            await Eventually.TrueAsync(() => _leases.Asked == 2 * round, "the second question is asked");
            _leases.Servers[$"edge-{round}"] = true;
            _leases.Answer();
            await second;
        }

        Assert.Equal(["edge-1", "edge-2"], _directory.Servers.Keys.Order());
    }
}
