namespace MtSockets.Edge.Protocol;

/// <summary>A frame as a client sent it, taken apart but not decoded: slices of the bytes that came in.</summary>
internal ref struct ClientFrame
{
    /// <summary>The recipient's id, unescaped.</summary>
    public ReadOnlySpan<byte> To { get; set; }

    /// <summary>The body, one JSON value as it came in.</summary>
    public ReadOnlySpan<byte> Body { get; set; }

    /// <summary>Who a server of the first implementation says it is from; never looked at in a client's frame.</summary>
    public ReadOnlySpan<byte> From { get; set; }

    /// <summary>The sender's own id of the message, unescaped; with it the message is acknowledged.</summary>
    public ReadOnlySpan<byte> Id { get; set; }

    /// <summary>The application's own type, unescaped.</summary>
    public ReadOnlySpan<byte> Type { get; set; }

    /// <summary>The sender wants to hear when a device of the recipient has confirmed the message.</summary>
    public bool Receipt { get; set; }

    /// <summary>What a control frame asks for.</summary>
    public ClientOp Op { get; set; }

    /// <summary>The number in a <c>confirm</c>.</summary>
    public long Seq { get; set; }

    /// <summary>The milliseconds in a <c>latency</c>.</summary>
    public double Ms { get; set; }

    public readonly bool BodyIsText => Body is [(byte)'"', ..];
}
