using FsCheck;
using FsCheck.Fluent;
using MtSockets.Edge.Users;

namespace MtSockets.Edge.Tests.Users;

public sealed class FrameSequencerTests
{
    /// <summary>
    /// Whatever is appended, arrives, is lost, comes twice or late, is read in part or not at all, and in whatever order:
    /// once the log has been read, every number has come out once, in order, and so has every message without one.
    /// </summary>
    [Fact]
    public void AnyOrderOfEvents_GivesEachSessionAGaplessOrderedStream() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(2000).WithEndSize(200),
            Prop.ForAll(Runs.ToArbitrary(), run => Assert.Null(Simulate(run))));

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

    private static Gen<(int Confirmed, bool IsResumed, int[] Events)> Runs { get; } =
        from confirmed in Gen.Choose(0, 3)
        from isResumed in Gen.Elements(true, false)
        from events in Gen.Choose(0, int.MaxValue).ArrayOf()
        select (confirmed, isResumed, events);

    private static string? Simulate((int Confirmed, bool IsResumed, int[] Events) run)
    {
        var simulation = new SequencerSimulation(run.Confirmed, run.IsResumed);
        // As a session begins: with a reading.
        simulation.ReadPage(0);
        foreach (var choice in run.Events)
        {
            var argument = choice / 16;
            switch (choice % 16)
            {
                case < 4:
                    simulation.Append();
                    break;
                case < 9:
                    simulation.Arrive(argument);
                    break;
                case < 12:
                    simulation.ArrivePlain();
                    break;
                case < 13:
                    simulation.ReadPage(argument % 3);
                    break;
                case < 15:
                    simulation.ReadToTheEnd();
                    break;
                default:
                    simulation.Abandon();
                    break;
            }
        }

        return simulation.Complaint();
    }
}
