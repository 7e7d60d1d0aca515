using System.Buffers;
using System.Text;
using MtSockets.Contracts;
using MtSockets.Edge.Protocol;
using MtSockets.Edge.Routing;

namespace MtSockets.Edge.Sockets;

/// <summary>
/// The frames that came in with one read of a connection. What is for somebody here, or has a leased route, leaves at
/// once; the rest is gathered and routed together when the read is used up, so that each recipient is looked up once. Pooled.
/// </summary>
internal sealed class InboundFrames(InboundContext context)
{
    // A read of small frames never holds more; a routing call must not grow without bound.
    private const int MaxGathered = 512;
    private const int KeptBytes = 256 * 1024;

    private readonly List<OutgoingMessage> _gathered = [];
    private ArrayBufferWriter<byte> _bytes = new(1024);

    public bool IsFull => _gathered.Count >= MaxGathered;

    /// <summary>The one switch on what a frame is. False where what was gathered must be routed before it; then call again.</summary>
    public bool TryHandle(Connection sender, ReadOnlySpan<byte> utf8)
    {
        if (!FrameParser.TryParse(utf8, sender.Dialect, out var frame, out var fault))
        {
            sender.SendError(fault.Code, fault.Message, id: Encoding.UTF8.GetString(frame.Id));
            return true;
        }

        switch (frame.Op)
        {
            case ClientOp.Confirm:
                Confirm(sender, frame.Seq);
                return true;
            case ClientOp.Ping:
                sender.Send(ControlFrames.Pong);
                return true;
            case ClientOp.Latency:
                context.Metrics.LatencyReported(frame.Ms);
                return true;
            default:
                return TryHandleMessage(sender, frame);
        }
    }

    /// <summary>Routes what was gathered. To be awaited before the connection waits for more.</summary>
    public async ValueTask RouteAsync(Connection sender, CancellationToken cancellationToken)
    {
        if (_gathered.Count == 0)
            return;
        if (_gathered[0].Id is not null)
            await RouteAcknowledgedAsync(sender, cancellationToken);
        else
            await RoutePlainAsync(sender, cancellationToken);
        _gathered.Clear();
        _bytes.ResetWrittenCount();
    }

    /// <summary>Makes it ready for the next connection.</summary>
    public bool Reset()
    {
        _gathered.Clear();
        if (_bytes.Capacity > KeptBytes)
            _bytes = new ArrayBufferWriter<byte>(1024);
        else
            _bytes.ResetWrittenCount();
        return true;
    }

    private void Confirm(Connection sender, long seq)
    {
        if (seq > sender.Session.Cursor)
            sender.SendError(ErrorCode.BadFrame, "\"seq\" is higher than anything this connection was given.");
        else
            context.Confirmations.Record(sender.UserId, seq);
    }

    private bool TryHandleMessage(Connection sender, in ClientFrame frame)
    {
        // No valid id is longer, and UTF-8 never has fewer bytes than UTF-16 has chars.
        Span<char> chars = stackalloc char[4 * UserId.MaxLength];
        var to = frame.To.Length <= chars.Length ? chars[..Encoding.UTF8.GetChars(frame.To, chars)] : chars;
        if (!UserId.IsValid(to, out var reason))
        {
            sender.SendError(ErrorCode.BadRecipient, "\"to\" " + reason + ".", id: Encoding.UTF8.GetString(frame.Id));
            return true;
        }

        var isEphemeral = !frame.Type.IsEmpty && context.IsEphemeral(frame.Type);
        if (isEphemeral && !frame.Id.IsEmpty)
        {
            sender.SendError(ErrorCode.BadFrame, "A message of this type is never stored, so it can have no \"id\".", id: Encoding.UTF8.GetString(frame.Id));
            return true;
        }

        // An acknowledged message goes through the log and a plain one does not: one call routes either these or those.
        var isAcknowledged = !frame.Id.IsEmpty;
        if (_gathered.Count > 0 && _gathered[0].Id is not null != isAcknowledged)
            return false;

        Add(sender, frame, to, isEphemeral, mayRoute: !isAcknowledged && !IsGathered(to));
        return true;
    }

    private void Add(Connection sender, in ClientFrame frame, ReadOnlySpan<char> to, bool isEphemeral, bool mayRoute)
    {
        var start = _bytes.WrittenCount;
        FrameWriter.WriteMessage(_bytes, sender.FramePrefix, frame.To, frame.Body);
        var end = _bytes.WrittenCount;
        if (sender.Dialect == Dialect.V1)
            FrameWriter.WriteExtra(_bytes, frame.Id, frame.Type, context.Now);
        var message = _bytes.WrittenMemory[start..end];
        var extra = _bytes.WrittenMemory[end..];

        if (mayRoute && context.Router.TryRouteAtOnce(to, message, extra, sender, out var outcome))
        {
            if (outcome != RouteOutcome.Sent)
                RouteReplies.Tell(sender, to.ToString(), outcome);
            if (_gathered.Count == 0)
                _bytes.ResetWrittenCount();
            return;
        }

        _gathered.Add(new OutgoingMessage(KnownId(to), message, sender)
        {
            Extra = extra,
            Id = frame.Id.IsEmpty ? null : Encoding.UTF8.GetString(frame.Id),
            WantsReceipt = frame.Receipt,
            IsEphemeral = isEphemeral,
        });
    }

    private async ValueTask RouteAcknowledgedAsync(Connection sender, CancellationToken cancellationToken)
    {
        if (sender.RetryOrder is { } order)
            RefuseWhatWouldOvertake(sender, order);

        var numbers = await context.LogRouter.RouteAsync(sender.UserId, _gathered, cancellationToken);
        var failed = false;
        for (var i = 0; i < numbers.Count; i++)
        {
            if (numbers[i] > 0)
                sender.Send(ControlFrames.Ack(_gathered[i].Id!, numbers[i]));
            else
                RouteReplies.Tell(sender, _gathered[i].User, RouteOutcome.Unavailable, _gathered[i].Id);
            failed |= numbers[i] == 0;
        }

        if (failed)
            (sender.RetryOrder ??= new RetryOrder(context.Time)).Note(_gathered, numbers);
    }

    private void RefuseWhatWouldOvertake(Connection sender, RetryOrder order)
    {
        _gathered.RemoveAll(message =>
        {
            if (order.MayPass(message))
                return false;
            RouteReplies.Tell(sender, message.User, RouteOutcome.Unavailable, message.Id);
            return true;
        });
        if (order.IsEmpty)
            sender.RetryOrder = null;
    }

    private async ValueTask RoutePlainAsync(Connection sender, CancellationToken cancellationToken)
    {
        var outcomes = await context.Router.RouteAsync(_gathered, cancellationToken);
        for (var i = 0; i < outcomes.Count; i++)
            RouteReplies.Tell(sender, _gathered[i].User, outcomes[i]);
    }

    private bool IsGathered(ReadOnlySpan<char> user)
    {
        foreach (var message in _gathered)
        {
            if (user.SequenceEqual(message.User))
                return true;
        }

        return false;
    }

    private string KnownId(ReadOnlySpan<char> user) =>
        _gathered.Count > 0 && user.SequenceEqual(_gathered[^1].User) ? _gathered[^1].User : user.ToString();
}
