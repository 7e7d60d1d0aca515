using MtSockets.Edge.Protocol;

namespace MtSockets.Edge.Users;

/// <summary>A live frame that waits behind the log.</summary>
internal sealed record HeldFrame(byte[] Frame, byte[] Extra, long Seq)
{
    public MessageFrame AsMessage() => new(Frame, Extra, Seq);
}
