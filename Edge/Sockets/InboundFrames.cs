using System.Buffers;
using System.Text;
using MtSockets.Contracts;
using MtSockets.Edge.Protocol;
using MtSockets.Edge.Routing;

namespace MtSockets.Edge.Sockets;

/// <summary>
/// The frames that came in with one read of a connection. What is for somebody here is delivered at once; the rest is
/// gathered and routed together when the read is used up, so that each recipient is looked up once. Pooled.
/// </summary>
internal sealed class InboundFrames(Router router)
{
    // A read of small frames never holds more; a routing call must not grow without bound.
    private const int MaxGathered = 512;
    private const int KeptBytes = 256 * 1024;

    private readonly List<OutgoingMessage> _gathered = [];
    private ArrayBufferWriter<byte> _bytes = new(1024);

    public bool IsFull => _gathered.Count >= MaxGathered;

    /// <summary>The one switch on what a frame is.</summary>
    public void Handle(Connection sender, ReadOnlySpan<byte> utf8)
    {
        if (FrameParser.TryParse(utf8, out var frame, out var fault))
            HandleMessage(sender, frame);
        else
            sender.SendError(fault.Code, fault.Message);
    }

    private void HandleMessage(Connection sender, in ClientFrame frame)
    {
        // No valid id is longer, and UTF-8 never has fewer bytes than UTF-16 has chars.
        Span<char> chars = stackalloc char[4 * UserId.MaxLength];
        var to = frame.To.Length <= chars.Length ? chars[..Encoding.UTF8.GetChars(frame.To, chars)] : chars;
        if (!UserId.IsValid(to, out var reason))
        {
            sender.SendError(ErrorCode.BadRecipient, "\"to\" " + reason + ".");
            return;
        }

        var start = _bytes.WrittenCount;
        FrameWriter.WriteMessage(_bytes, sender.FramePrefix, frame.To, frame.Body);
        var message = _bytes.WrittenMemory[start..];

        // Once something for this recipient waits, what follows must not overtake it.
        if (!IsGathered(to) && router.TryDeliverLocally(to, message))
            Forget();
        else
            _gathered.Add(new OutgoingMessage(Known(to), message, sender));
    }

    /// <summary>Routes what was gathered. To be awaited before the connection waits for more.</summary>
    public async ValueTask RouteAsync(Connection sender, CancellationToken cancellationToken)
    {
        if (_gathered.Count == 0)
            return;
        var outcomes = await router.RouteAsync(_gathered, cancellationToken);
        for (var i = 0; i < outcomes.Count; i++)
            RouteReplies.Tell(sender, _gathered[i].User, outcomes[i]);
        _gathered.Clear();
        Forget();
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

    private void Forget()
    {
        if (_gathered.Count == 0)
            _bytes.ResetWrittenCount();
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

    private string Known(ReadOnlySpan<char> user) =>
        _gathered.Count > 0 && user.SequenceEqual(_gathered[^1].User) ? _gathered[^1].User : user.ToString();
}
