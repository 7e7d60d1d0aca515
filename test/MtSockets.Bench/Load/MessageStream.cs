using System.Diagnostics;

namespace MtSockets.Bench.Load;

/// <summary>
/// Messages of one sender to one user. A credit is the right to send one; with <see cref="Window"/> credits to begin with and
/// one back for each message that has reached every connection of the user, that many are in flight.
/// </summary>
internal sealed class MessageStream
{
    /// <summary>Send times and open deliveries are kept for this many messages: far more than are ever in flight. Powers of two.</summary>
    private const int RememberedInWindow = 256;
    private const int RememberedPaced = 16 * 1024;

    private readonly FrameBlock _frames;
    private readonly LoadStatistics _statistics;
    private readonly long[] _sentAt;
    private readonly byte[] _open;
    private readonly int _openEach;
    private uint _settled;
    private bool _dirty;

    public MessageStream(StreamSettings settings, int index, LoadStatistics statistics)
    {
        (From, To, Index, BodyLength) = (settings.From, settings.To, index, settings.BodyLength);
        (Window, IdPrefix, Shared) = (settings.Window, settings.IdPrefix, settings.Shared);
        _statistics = statistics;
        var remembered = Window > 0 ? RememberedInWindow : RememberedPaced;
        _sentAt = new long[remembered];
        _open = new byte[remembered];
        var body = BodyLayout.Body(Index, BodyLength);
        var id = IdPrefix is null ? "" : $"\"id\":\"{IdPrefix}{BodyLayout.Place}\",";
        _frames = new FrameBlock($"{{\"to\":\"{To}\",{id}\"body\":\"{body}\"}}", Math.Clamp(Window, 1, 32));
        _openEach = settings.Connections + (IdPrefix is null ? 0 : 1);
        Credits = Shared is null ? Window : 0;
    }

    public string From { get; }

    public string To { get; }

    /// <summary>The number of the stream in its run, part of every body.</summary>
    public int Index { get; }

    public int BodyLength { get; }

    /// <summary>Messages in flight; 0 when a clock hands out the credits instead.</summary>
    public int Window { get; }

    /// <summary>Before the number in the id of an acknowledged message; null for plain messages.</summary>
    public string? IdPrefix { get; }

    /// <summary>Says when it may send; null when it always may.</summary>
    public SharedWindow? Shared { get; }

    public uint Sent { get; private set; }

    public uint Acknowledged { get; private set; }

    public int Credits { get; private set; }

    public override string ToString() => $"{From} to {To}";

    public void AddCredit(ICollection<MessageStream> dirty) => AddCredits(1, dirty);

    public void AddCredits(int count, ICollection<MessageStream> dirty)
    {
        Credits += count;
        MarkDirty(dirty);
    }

    public void MarkDirty(ICollection<MessageStream> dirty)
    {
        if (_dirty)
            return;
        _dirty = true;
        dirty.Add(this);
    }

    /// <summary>Sends what the credits allow, never more than <paramref name="limit"/> messages in all.</summary>
    public void Flush(Connection connection, uint limit)
    {
        _dirty = false;
        while (Credits > 0 && Sent < limit && !connection.IsBlocked)
        {
            var count = (int)Math.Min(Math.Min(Credits, _frames.Capacity), limit - Sent);
            var bytes = _frames.Number(Sent, count);
            var now = Stopwatch.GetTimestamp();
            for (var i = 0; i < count; i++)
            {
                var slot = SlotOf(Sent + (uint)i);
                _sentAt[slot] = now;
                _open[slot] = (byte)_openEach;
            }

            Sent += (uint)count;
            Credits -= count;
            connection.Send(bytes);
        }
    }

    public void Arrived(uint number, long now)
    {
        _statistics.Delivered++;
        var slot = SlotOf(number);
        _statistics.Latency.Record(now - _sentAt[slot]);
        Settle(slot);
    }

    public void AcknowledgedBy(uint number)
    {
        Acknowledged++;
        _statistics.Acknowledged++;
        Settle(SlotOf(number));
    }

    private int SlotOf(uint number) => (int)(number & (uint)(_open.Length - 1));

    private void Settle(int slot)
    {
        if (--_open[slot] > 0 || Window == 0)
            return;
        if (Shared is null)
            AddCredit(_statistics.Dirty);
        else if (++_settled == Sent && Credits == 0)
            Shared.Settled(this, _statistics.Dirty);
    }
}
