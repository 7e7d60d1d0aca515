using System.Diagnostics;
using System.Net;

namespace MtSockets.Bench.Load;

/// <summary>Streams and the connections that carry them, from connecting to the reckoning at the end.</summary>
internal sealed class StreamRun : IDisposable
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(20);

    // A server learns through the bus that a user is on another one too; plain messages promise nothing for the moment before.
    private static readonly TimeSpan SettleTime = TimeSpan.FromMilliseconds(500);

    private readonly EventLoop _loop;
    private readonly List<SenderConnection> _senders = [];
    private readonly List<ReceiverConnection> _receivers = [];
    private readonly uint _messageLimit;
    private bool _sending;
    private int _turn;

    /// <param name="cancelled">Ends the run early, with an exception.</param>
    /// <param name="messagesEach">The most messages a stream sends.</param>
    public StreamRun(CancellationToken cancelled, uint messagesEach = uint.MaxValue)
    {
        _messageLimit = messagesEach;
        _loop = new EventLoop(cancelled) { AfterEvents = FlushDirty, OnTicks = HandOut };
    }

    public LoadStatistics Statistics { get; } = new();

    public IReadOnlyList<SenderConnection> Senders => _senders;

    public long Sent => _senders.Sum(sender => (long)sender.Stream.Sent);

    public ReceiverConnection AddReceiver(string userId, IPEndPoint server, bool v1 = false)
    {
        var receiver = new ReceiverConnection(userId, v1, Statistics);
        _receivers.Add(receiver);
        receiver.Start(_loop, server, null);
        return receiver;
    }

    public MessageStream AddSender(StreamSettings settings, IPEndPoint server, IEnumerable<ReceiverConnection> receivers)
    {
        var stream = new MessageStream(settings, _senders.Count, Statistics);
        var sender = new SenderConnection(stream, Statistics);
        _senders.Add(sender);
        settings.Shared?.Add(stream);
        foreach (var receiver in receivers)
            receiver.Expect(stream);
        sender.Start(_loop, server, null);
        return stream;
    }

    public void WaitUntilOpen()
    {
        WaitForUpgrades();
        _loop.Run(SettleTime);
    }

    /// <summary>For those who add many connections: not all of them at once, or the servers' backlogs overflow.</summary>
    public void WaitForUpgrades()
    {
        IEnumerable<Connection> all = [.. _receivers, .. _senders];
        if (!_loop.Run(ConnectLimit, () => all.All(connection => connection.IsOpen) || Statistics.Faults.Any) || Statistics.Faults.Any)
            throw new InvalidOperationException($"The servers did not take all connections: {Statistics.Faults}");
    }

    public void StartSending()
    {
        _sending = true;
        foreach (var sender in _senders)
            sender.Stream.MarkDirty(Statistics.Dirty);
        foreach (var shared in _senders.Select(sender => sender.Stream.Shared).OfType<SharedWindow>().Distinct())
            shared.Start(Statistics.Dirty);
        FlushDirty();
    }

    /// <summary>Hands out one credit each tick, round the streams.</summary>
    public void StartPacing(int messagesPerSecond)
    {
        _sending = true;
        _loop.StartTimer(TimeSpan.FromSeconds(1.0 / messagesPerSecond));
    }

    public bool Run(TimeSpan time, Func<bool>? until = null) => _loop.Run(time, until);

    /// <summary>Stops sending, waits for what is under way, and enters in the log what never came.</summary>
    public void Finish()
    {
        _sending = false;
        _loop.StopTimer();
        var started = Stopwatch.GetTimestamp();
        _loop.Run(DrainLimit, () => Missing() == 0 || Statistics.Faults.Any && Stopwatch.GetElapsedTime(started) > DrainLimit / 4);
        // What comes twice may come after all else has come.
        _loop.Run(SettleTime);
        foreach (var receiver in _receivers)
        {
            foreach (var tracker in receiver.Trackers.Where(tracker => tracker.Missing != 0))
                Statistics.Faults.Add("lost", $"{tracker}: {tracker.Missing} of {tracker.Stream.Sent}, the first is {tracker.FirstMissing}", tracker.Missing);
        }

        foreach (var stream in _senders.Select(sender => sender.Stream).Where(stream => stream.IdPrefix is not null && stream.Acknowledged != stream.Sent))
            Statistics.Faults.Add("not acknowledged once each", $"{stream}: {stream.Acknowledged} of {stream.Sent}");
    }

    public void Dispose() => _loop.Dispose();

    private long Missing() =>
        _receivers.Sum(receiver => receiver.Trackers.Sum(tracker => tracker.Missing))
        + _senders.Select(sender => sender.Stream).Where(stream => stream.IdPrefix is not null).Sum(stream => (long)stream.Sent - stream.Acknowledged);

    private void HandOut(long ticks)
    {
        for (; ticks > 0; ticks--)
        {
            _senders[_turn].Stream.AddCredit(Statistics.Dirty);
            _turn = (_turn + 1) % _senders.Count;
        }
    }

    private void FlushDirty()
    {
        var dirty = Statistics.Dirty;
        if (!_sending)
            return;
        for (var i = 0; i < dirty.Count; i++)
            dirty[i].Flush(_senders[dirty[i].Index], _messageLimit);
        dirty.Clear();
    }
}
