using MtSockets.Edge.Routing;
using MtSockets.Edge.Tests.Fakes;

namespace MtSockets.Edge.Tests.Routing;

public sealed class RetryOrderTests
{
    private readonly FakeTime _time = new();
    private readonly RetryOrder _order;

    public RetryOrderTests() => _order = new RetryOrder(_time);

    [Fact]
    public void MayPass_AfterAFailure_LetsNothingOvertakeWhatIsMissing()
    {
        Note("bob a 0", "bob b 0");

        Assert.False(MayPass("bob", "c"));
        Assert.False(MayPass("bob", "b"));
        Assert.True(MayPass("carol", "x"));
        Assert.True(MayPass("bob", "a"));
        Assert.True(MayPass("bob", "b"));
        Assert.False(_order.IsEmpty);
        Assert.True(MayPass("bob", "c"));
        Assert.True(_order.IsEmpty);
        Assert.True(MayPass("bob", "d"));
    }

    [Fact]
    public void MayPass_OfWhatFailsAgain_IsFirstAgain()
    {
        Note("bob a 0", "bob b 0");
        Assert.True(MayPass("bob", "a"));

        Note("bob a 0");

        Assert.False(MayPass("bob", "b"));
        Assert.True(MayPass("bob", "a"));
        Assert.True(MayPass("bob", "b"));
    }

    [Fact]
    public void Note_OfWhatWasAccepted_IsNotMissing()
    {
        Note("bob a 1", "bob b 0", "carol c 3");

        Assert.True(MayPass("carol", "d"));
        Assert.True(MayPass("bob", "b"));
        Assert.True(_order.IsEmpty);
    }

    [Fact]
    public void MayPass_WhenTheClientHasGivenUp_HoldsItUpNoLonger()
    {
        Note("bob a 0");
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.False(MayPass("bob", "b"));

        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.True(MayPass("bob", "b"));
        Assert.True(_order.IsEmpty);
    }

    [Fact]
    public void MayPass_WhileOthersGoOnFailing_IsHeldUpNoLonger()
    {
        Note("bob a 0");
        _time.Advance(TimeSpan.FromSeconds(9));
        Note("carol x 0");
        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.True(MayPass("bob", "b"));
        Assert.False(MayPass("carol", "y"));
    }

    [Fact]
    public void Note_OfRecipientsWithoutEnd_RemembersTheLatestOfThem()
    {
        for (var i = 0; i < 50_000; i++)
        {
            _time.Advance(TimeSpan.FromMicroseconds(1));
            Note($"user-{i} a 0");
        }

        Assert.False(MayPass("user-49999", "b"));
        var remembered = Enumerable.Range(0, 50_000).Count(i => !MayPass($"user-{i}", "b"));
        Assert.InRange(remembered, 1, 10_000);
    }

    private bool MayPass(string user, string id) => _order.MayPass(new OutgoingMessage(user, default, Origin: null) { Id = id });

    /// <param name="results">Recipient, id, and the number it got; 0 for none.</param>
    private void Note(params string[] results)
    {
        var parts = results.Select(result => result.Split(' ')).ToArray();
        _order.Note(
            [.. parts.Select(part => new OutgoingMessage(part[0], default, Origin: null) { Id = part[1] })],
            [.. parts.Select(part => long.Parse(part[2], System.Globalization.CultureInfo.InvariantCulture))]);
    }
}
