using FsCheck;
using FsCheck.Fluent;
using MtSockets.Edge.Users;

namespace MtSockets.Edge.Tests.Users;

/// <summary>
/// Whatever is lost, doubled or overtaken on the bus, and whenever the log is read or cannot be read: the client gets a
/// gapless stream.
/// </summary>
public sealed class FrameSequencerPropertyTests
{
    private enum Step
    {
        Append,
        Arrive,
        ArriveAndStay,
        Lose,
        Plain,
        AskForPage,
        TakePage,
        FailRead,
        Trim,
    }

    [Fact]
    public void Stream_AnyInterleaving_IsGaplessAndInOrder() =>
        Prop.ForAll(Histories(), history => Run(history)).Check(Config.QuickThrowOnFailure.WithMaxTest(3000).WithEndSize(150));

    private static void Run(History history)
    {
        var world = new World(history.AppendedBefore, history.Cursor);
        foreach (var (step, argument) in history.Steps)
            world.Do(step, argument);
        world.Finish();
    }

    private static Arbitrary<History> Histories()
    {
        var step = Gen.Frequency(
            (6, Gen.Constant(Step.Append)),
            (6, Gen.Constant(Step.Arrive)),
            (2, Gen.Constant(Step.ArriveAndStay)),
            (1, Gen.Constant(Step.Lose)),
            (3, Gen.Constant(Step.Plain)),
            (4, Gen.Constant(Step.AskForPage)),
            (4, Gen.Constant(Step.TakePage)),
            (1, Gen.Constant(Step.FailRead)),
            (1, Gen.Constant(Step.Trim)));
        var histories =
            from before in Gen.Choose(0, 7)
            from cursor in Gen.Choose(-1, before)
            from steps in Gen.ListOf(Gen.Zip(step, Gen.Choose(0, 5)))
            select new History(before, cursor < 0 ? null : cursor, [.. steps]);
        return Arb.From(histories, Shrink);
    }

    private static IEnumerable<History> Shrink(History history)
    {
        for (var length = history.Steps.Length / 2; length > 0; length /= 2)
        {
            for (var at = 0; at + length <= history.Steps.Length; at += length)
                yield return history with { Steps = [.. history.Steps[..at], .. history.Steps[(at + length)..]] };
        }
    }

    private sealed record History(int AppendedBefore, long? Cursor, (Step Step, int Argument)[] Steps)
    {
        public override string ToString() => $"{AppendedBefore} before, cursor {Cursor}: {string.Join(' ', Steps)}";
    }

    /// <summary>One log, one bus and one client.</summary>
    private sealed class World
    {
        private const int PageSize = 3;
        private const long Confirmed = 0;

        private readonly FrameSequencer<string> _sequencer;
        private readonly List<long> _underWay = [];
        private readonly List<long> _before = [];
        private (long[] Numbers, long Last)? _page;
        private long _arrived;
        private long _oldest = 1;
        private long _last;
        private long? _given;
        private int _plainSent;
        private int _plainGiven;

        public World(long appendedBefore, long? cursor)
        {
            _last = appendedBefore;
            _given = cursor ?? Confirmed;
            _sequencer = new FrameSequencer<string>(cursor);
            _sequencer.BeginRead();
        }

        public void Do(Step step, int argument)
        {
            switch (step)
            {
                case Step.Append:
                    _underWay.Add(++_last);
                    break;
                case Step.Arrive when _underWay.Count > 0:
                    Arrive(argument % _underWay.Count, stays: false);
                    break;
                case Step.ArriveAndStay when _underWay.Count > 0:
                    Arrive(argument % _underWay.Count, stays: true);
                    break;
                case Step.Lose when _underWay.Count > 0:
                    _underWay.RemoveAt(argument % _underWay.Count);
                    break;
                case Step.Plain:
                    _before.Add(Math.Max(_arrived, _page?.Last ?? 0));
                    Offer(0, $"plain {++_plainSent}");
                    break;
                case Step.AskForPage when _page is null:
                    Ask();
                    break;
                case Step.TakePage when _page is not null:
                    TakePage();
                    break;
                case Step.FailRead when _sequencer.IsReading:
                    // What was waited for is found in the log later.
                    _arrived = 0;
                    _page = null;
                    _before.Clear();
                    _before.AddRange(Enumerable.Repeat(0L, _plainSent));
                    _sequencer.AbandonRead();
                    Release();
                    Assert.False(_sequencer.HasGap, "what has no number waits for a log that cannot be read");
                    break;
                case Step.Trim:
                    _oldest = Math.Min(_oldest + argument, _last + 1);
                    break;
            }
        }

        /// <summary>The log can be read again: then everything is there, and nothing is held back.</summary>
        public void Finish()
        {
            do
            {
                if (_page is null)
                    Ask();
                TakePage();
            }
            while (_sequencer.IsReading || _sequencer.Cursor < _last);
            Assert.False(_sequencer.HasGap);
            Assert.Equal(_last, _sequencer.Cursor ?? 0);
            Assert.True(_given == _last || _given < _oldest, $"{_given} was the last one given, {_last} is the last one there");
            Assert.Equal(_plainSent, _plainGiven);
        }

        private void Arrive(int index, bool stays)
        {
            var seq = _underWay[index];
            if (!stays)
                _underWay.RemoveAt(index);
            _arrived = Math.Max(_arrived, seq);
            Offer(seq, $"number {seq}");
        }

        private void Offer(long seq, string item)
        {
            switch (_sequencer.Offer(seq))
            {
                case Arrival.Pass:
                    Give(item);
                    Release();
                    break;
                case Arrival.Hold:
                    _sequencer.Hold(seq, item);
                    break;
                case Arrival.Drop:
                    Assert.True(seq > 0, "a message without a number is never a repetition");
                    break;
            }
        }

        /// <summary>What the log has now; what is appended before the answer is there comes live.</summary>
        private void Ask()
        {
            if (!_sequencer.IsReading)
                _sequencer.BeginRead();
            var page = new List<long>();
            for (var seq = Math.Max((_sequencer.Cursor ?? Confirmed) + 1, _oldest); seq <= _last && page.Count < PageSize; seq++)
                page.Add(seq);
            _page = ([.. page], _last);
        }

        private void TakePage()
        {
            var (numbers, last) = _page!.Value;
            _page = null;
            foreach (var seq in numbers)
            {
                if (_sequencer.Read(seq))
                    Give($"number {seq}");
            }

            if (numbers.Length == PageSize)
                return;
            _sequencer.EndRead(last);
            Release();
        }

        private void Release()
        {
            while (_sequencer.TryRelease(out var item))
                Give(item!);
        }

        private void Give(string item)
        {
            var number = long.Parse(item.AsSpan(item.IndexOf(' ', StringComparison.Ordinal) + 1), System.Globalization.CultureInfo.InvariantCulture);
            if (item.StartsWith("plain", StringComparison.Ordinal))
            {
                Assert.Equal(++_plainGiven, number);
                var before = Math.Min(_before[_plainGiven - 1], _last);
                Assert.True(_given >= before || before < _oldest, $"{item} overtook {before}");
                return;
            }

            Assert.True(number > _given, $"{number} came after {_given}");
            Assert.True(number == _given + 1 || number <= _oldest, $"{number} came after {_given}, though the log begins at {_oldest}");
            _given = number;
        }
    }
}
