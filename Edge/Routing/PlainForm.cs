using MtSockets.Edge.Protocol;

namespace MtSockets.Edge.Routing;

/// <summary>What can be said to a server of the first implementation.</summary>
internal static class PlainForm
{
    /// <summary>Its bodies are texts; it would throw away anything else.</summary>
    public static bool Fits(ReadOnlySpan<byte> frame) => FrameParser.TryParse(frame, out var parsed, out _) && parsed.BodyIsText;
}
