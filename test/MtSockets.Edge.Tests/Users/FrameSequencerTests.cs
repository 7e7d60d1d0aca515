using MtSockets.Edge.Users;

namespace MtSockets.Edge.Tests.Users;

public sealed class FrameSequencerTests
{
    [Fact]
    public void Offer_OfTheNextNumber_PassesAndReleasesWhatWaitedForIt()
    {
        var sequencer = new FrameSequencer<string>(cursor: 7);

        Assert.Equal(Arrival.Hold, sequencer.Offer(9));
        sequencer.Hold(9, "nine");
        Assert.True(sequencer.HasGap);
        Assert.Equal(Arrival.Pass, sequencer.Offer(8));
        Assert.True(sequencer.TryRelease(out var item));

        Assert.Equal("nine", item);
        Assert.Equal(9, sequencer.Cursor);
        Assert.False(sequencer.HasGap);
        Assert.Equal(Arrival.Drop, sequencer.Offer(9));
    }

    [Fact]
    public void Offer_WithoutANumber_WaitsBehindAGap()
    {
        var sequencer = new FrameSequencer<string>(cursor: 7);
        Assert.Equal(Arrival.Pass, sequencer.Offer(0));

        sequencer.Offer(9);
        sequencer.Hold(9, "nine");
        Assert.Equal(Arrival.Hold, sequencer.Offer(0));
        sequencer.Hold(0, "plain");

        Assert.False(sequencer.TryRelease(out _));
        Assert.Equal(Arrival.Pass, sequencer.Offer(8));
        Assert.True(sequencer.TryRelease(out var first));
        Assert.True(sequencer.TryRelease(out var second));
        Assert.Equal(("nine", "plain"), (first, second));
    }

    [Fact]
    public void EndRead_OfALogWhoseTailIsGone_GoesOnBehindIt()
    {
        var sequencer = new FrameSequencer<string>(cursor: 3);

        sequencer.BeginRead();
        Assert.True(sequencer.Read(6)); // 4 and 5 no longer exist
        sequencer.EndRead(lastSeq: 10); // nor do 7 to 10

        Assert.Equal(Arrival.Drop, sequencer.Offer(10));
        Assert.Equal(Arrival.Pass, sequencer.Offer(11));
    }

    [Fact]
    public void EndRead_OfALogThatHasLostItsMemory_StillGivesWhatWasHeld()
    {
        var sequencer = new FrameSequencer<string>(cursor: 40);
        sequencer.Offer(42);
        sequencer.Hold(42, "from before");

        sequencer.BeginRead();
        sequencer.Restart();
        Assert.True(sequencer.Read(1));
        sequencer.EndRead(lastSeq: 1);

        Assert.True(sequencer.TryRelease(out var item));
        Assert.Equal("from before", item);
        Assert.Equal(1, sequencer.Cursor);
        Assert.Equal(Arrival.Pass, sequencer.Offer(2));
    }

    [Fact]
    public void AbandonRead_LeavesNumbersToTheNextReadingAndLetsTheRestGoOn()
    {
        var sequencer = new FrameSequencer<string>(cursor: null);
        sequencer.BeginRead();
        Assert.Equal(Arrival.Hold, sequencer.Offer(5));
        sequencer.Hold(5, "five");
        Assert.Equal(Arrival.Hold, sequencer.Offer(0));
        sequencer.Hold(0, "plain");

        sequencer.AbandonRead();

        Assert.True(sequencer.TryRelease(out var item));
        Assert.Equal("plain", item);
        Assert.False(sequencer.TryRelease(out _));
        Assert.Equal(Arrival.Pass, sequencer.Offer(0));
    }
}
