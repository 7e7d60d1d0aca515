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

    public readonly bool BodyIsText => Body is [(byte)'"', ..];
}
