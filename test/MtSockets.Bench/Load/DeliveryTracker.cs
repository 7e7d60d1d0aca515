using System.Text;

namespace MtSockets.Bench.Load;

/// <summary>
/// What one connection has got of one stream: the next number it must see, and which are missing so far.
/// A number that comes later than its successor is disorder, one that comes twice a duplicate, one that never comes a loss.
/// </summary>
internal sealed class DeliveryTracker
{
    private readonly string _place;
    private readonly byte[] _prefix;
    private readonly byte[] _suffix;
    private readonly HashSet<uint> _missing = [];
    private uint _next;
    private ulong _nextDigits = HexNumber.Encode(0);

    /// <param name="stream">What is expected.</param>
    /// <param name="place">Where the connection is, for messages about faults.</param>
    public DeliveryTracker(MessageStream stream, string place)
    {
        Stream = stream;
        _place = place;
        // {"from":"…","to":"…","body":"ssssnnnnnnnn…"}
        _prefix = Encoding.UTF8.GetBytes($"{{\"from\":\"{stream.From}\",\"to\":\"{stream.To}\",\"body\":\"{BodyLayout.Prefix(stream.Index)}");
        _suffix = Encoding.UTF8.GetBytes(BodyLayout.Suffix(stream.Index, stream.BodyLength) + "\"}");
        BodyPrefix = Encoding.UTF8.GetBytes(BodyLayout.Prefix(stream.Index));
    }

    public MessageStream Stream { get; }

    public ReadOnlyMemory<byte> BodyPrefix { get; }

    public long Missing => _missing.Count + (Stream.Sent - _next);

    /// <summary>The lowest number that has not come.</summary>
    public uint FirstMissing => _missing.Count > 0 ? _missing.Min() : _next;

    public override string ToString() => $"{Stream} at {_place}";

    /// <summary>The whole frame is compared, byte for byte; false when it is none of this stream.</summary>
    public bool TryTake(ReadOnlySpan<byte> frame, long now, FaultLog faults)
    {
        if (frame.Length != _prefix.Length + HexNumber.Length + _suffix.Length
            || !frame.StartsWith(_prefix)
            || !frame[(_prefix.Length + HexNumber.Length)..].SequenceEqual(_suffix))
            return false;
        return TryTakeNumber(frame.Slice(_prefix.Length, HexNumber.Length), now, faults);
    }

    public bool TryTakeNumber(ReadOnlySpan<byte> digits, long now, FaultLog faults)
    {
        var number = _next;
        if (HexNumber.Read(digits) == _nextDigits)
            Expect(number + 1);
        else if (!HexNumber.TryDecode(digits, out number))
            return false;
        else if (!TakeUnexpected(number, faults))
            return true;

        Stream.Arrived(number, now);
        return true;
    }

    /// <summary>False for a duplicate, which must not count as a delivery.</summary>
    private bool TakeUnexpected(uint number, FaultLog faults)
    {
        if (number > _next)
        {
            for (var skipped = _next; skipped < number; skipped++)
                _missing.Add(skipped);
            Expect(number + 1);
            return true;
        }

        if (_missing.Remove(number))
        {
            faults.Add("out of order", $"{this}: {number} came after {_next - 1}");
            return true;
        }

        faults.Add("duplicate", $"{this}: {number} came again, {_next - 1} was the last");
        return false;
    }

    private void Expect(uint next)
    {
        _next = next;
        _nextDigits = HexNumber.Encode(next);
    }
}
