using System.Globalization;

namespace MtSockets.Edge.Protocol;

/// <summary>
/// A message on its way to connections, in both forms at once without being encoded twice: the plain form is the frame,
/// the form of the subprotocol is the frame without its last brace, the number, and what stands in extra.
/// </summary>
internal readonly ref struct MessageFrame(ReadOnlySpan<byte> frame, ReadOnlySpan<byte> extra = default, long seq = 0)
{
    // ,"seq": and up to 19 digits, and a comma.
    public const int MaxMiddle = 32;

    public ReadOnlySpan<byte> Frame { get; } = frame;

    public ReadOnlySpan<byte> Extra { get; } = extra;

    public long Seq { get; } = seq;

    public int Length => Frame.Length + Extra.Length + MaxMiddle;

    /// <summary>The frame up to where the subprotocol adds to it.</summary>
    public ReadOnlySpan<byte> Head => Frame[..^1];

    /// <summary>Writes <c>,"seq":41,</c> or as much of it as there is.</summary>
    public ReadOnlySpan<byte> WriteMiddle(Span<byte> buffer)
    {
        var length = 0;
        if (Seq > 0)
        {
            ",\"seq\":"u8.CopyTo(buffer);
            Seq.TryFormat(buffer[7..], out var written, provider: CultureInfo.InvariantCulture);
            length = 7 + written;
        }

        if (!Extra.IsEmpty)
            buffer[length++] = (byte)',';
        return buffer[..length];
    }

    /// <summary>What follows: <c>"id":"c-17","at":…}</c>, or the brace alone.</summary>
    public ReadOnlySpan<byte> Tail => Extra.IsEmpty ? "}"u8 : Extra[1..];
}
