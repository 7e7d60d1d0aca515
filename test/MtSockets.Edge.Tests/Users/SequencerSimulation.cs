using MtSockets.Edge.Users;

namespace MtSockets.Edge.Tests.Users;

/// <summary>A session's use of its sequencer, with a log that only grows: what a property test leads through any order of events.</summary>
internal sealed class SequencerSimulation(long start, bool isResumed)
{
    private readonly FrameSequencer<(long Seq, int Number)> _sequencer = new(isResumed ? start : null);
    private readonly Dictionary<int, HashSet<long>> _before = [];
    private readonly HashSet<long> _arrived = [];
    private readonly long _start = start;
    private long _last = start;
    private int _plain;
    private bool _wasAbandoned;

    /// <summary>What came out: a number of the log, or 0 and which of the messages without one it is.</summary>
    public List<(long Seq, int Number)> Output { get; } = [];

    public void Append() => _last++;

    /// <summary>A message of the log comes live; the bus may bring it late, twice, or never.</summary>
    public void Arrive(int choice)
    {
        if (_last == _start)
            return;
        var seq = _start + 1 + (choice % (_last - _start));
        if (seq > (_sequencer.Cursor ?? 0))
            _arrived.Add(seq);
        Offer(seq, (seq, 0));
    }

    /// <summary>A message without a number comes live.</summary>
    public void ArrivePlain()
    {
        _before[++_plain] = [.. _arrived];
        Offer(0, (0, _plain));
    }

    /// <summary>A page of the log is read; the first one begins a reading.</summary>
    public void ReadPage(int count)
    {
        if (!_sequencer.IsReading)
            _sequencer.BeginRead();
        var after = _sequencer.Cursor ?? _start;
        for (var seq = after + 1; seq <= Math.Min(_last, after + count); seq++)
        {
            if (_sequencer.Read(seq))
                Output.Add((seq, 0));
        }
    }

    /// <summary>The log is read to its end.</summary>
    public void ReadToTheEnd()
    {
        ReadPage(int.MaxValue / 2);
        _sequencer.EndRead(_last);
        Release();
    }

    /// <summary>Redis cannot be read.</summary>
    public void Abandon()
    {
        if (!_sequencer.IsReading)
            return;
        _wasAbandoned = true;
        _sequencer.AbandonRead();
        Release();
    }

    /// <summary>What is wrong with what came out, now that the log was read to its end; null for nothing.</summary>
    public string? Complaint()
    {
        ReadToTheEnd();
        var numbers = Output.Where(item => item.Seq > 0).Select(item => item.Seq).ToArray();
        if (!numbers.SequenceEqual(Enumerable.Range(1, (int)(_last - _start)).Select(i => _start + i)))
            return $"the numbers are {string.Join(' ', numbers)}, not {_start + 1} to {_last}";
        var plain = Output.Where(item => item.Seq == 0).Select(item => item.Number).ToArray();
        if (!plain.SequenceEqual(Enumerable.Range(1, _plain)))
            return $"the messages without a number are {string.Join(' ', plain)}, not 1 to {_plain}";
        if (_sequencer.HasGap)
            return "something is still held";

        foreach (var (number, before) in _before)
        {
            // What an abandoned reading had held comes out of the log later, and may have been overtaken.
            var place = Output.IndexOf((0, number));
            if (!_wasAbandoned && before.Any(seq => Output.IndexOf((seq, 0)) > place))
                return $"the message without a number {number} has overtaken one that came before it";
        }

        return null;
    }

    private void Offer(long seq, (long Seq, int Number) item)
    {
        switch (_sequencer.Offer(seq))
        {
            case Arrival.Pass:
                Output.Add(item);
                Release();
                break;
            case Arrival.Hold:
                _sequencer.Hold(seq, item);
                break;
        }
    }

    private void Release()
    {
        while (_sequencer.TryRelease(out var item))
            Output.Add(item);
    }
}
