using System.Diagnostics;
using System.Text;

namespace MtSockets.Bench.Load;

/// <summary>Receives streams and holds each against what its sender sent.</summary>
internal sealed class ReceiverConnection(string userId, bool v1, LoadStatistics statistics) : Connection(userId, statistics.Faults)
{
    /// <summary>A client confirms now and then, not each message.</summary>
    private const int ConfirmEvery = 64;

    private readonly List<DeliveryTracker> _trackers = [];
    private DeliveryTracker? _last;
    private long _now;
    private long _confirmed;

    public IReadOnlyList<DeliveryTracker> Trackers => _trackers;

    protected override string? Subprotocol => v1 ? V1Frame.Subprotocol : null;

    public void Expect(MessageStream stream)
    {
        _trackers.Add(new DeliveryTracker(stream, $"port {Server?.Port}"));
        _last ??= _trackers[0];
    }

    protected override void OnBatch() => _now = Stopwatch.GetTimestamp();

    protected override void OnFrame(ReadOnlySpan<byte> payload)
    {
        if (v1)
        {
            OnV1Frame(payload);
            return;
        }

        if (_last is not null && _last.TryTake(payload, _now, Faults))
            return;
        foreach (var tracker in _trackers)
        {
            if (!tracker.TryTake(payload, _now, Faults))
                continue;
            _last = tracker;
            return;
        }

        Unexpected(payload);
    }

    private void OnV1Frame(ReadOnlySpan<byte> payload)
    {
        if (V1Frame.IsControl(payload, "welcome"u8))
            return;
        if (V1Frame.TryFindBody(payload, out var body))
        {
            foreach (var tracker in _trackers)
            {
                var prefix = tracker.BodyPrefix.Span;
                if (body.Length < prefix.Length + HexNumber.Length || !body.StartsWith(prefix)
                    || !tracker.TryTakeNumber(body.Slice(prefix.Length, HexNumber.Length), _now, Faults))
                    continue;
                Confirm(payload);
                return;
            }
        }

        Unexpected(payload);
    }

    private void Confirm(ReadOnlySpan<byte> payload)
    {
        if (!V1Frame.TryFindSequence(payload, out var sequence) || sequence < _confirmed + ConfirmEvery)
            return;
        _confirmed = sequence;
        Send(V1Frame.Masked(Encoding.UTF8.GetBytes($"{{\"op\":\"confirm\",\"seq\":{sequence}}}")));
    }
}
