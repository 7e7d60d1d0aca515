using System.Text;

namespace MtSockets.MicroBench;

/// <summary>Frames as clients send them.</summary>
internal static class SampleFrames
{
    /// <summary>A body of 100 bytes, quotes included: that of the load benchmark.</summary>
    public static readonly byte[] Body = BodyOf(100);

    public static readonly byte[] LargeBody = BodyOf(4096);

    public static readonly byte[] Plain = Message(Body);

    public static readonly byte[] PlainLarge = Message(LargeBody);

    public static readonly byte[] V1 = Message(Body, ",\"id\":\"c-1700000\",\"type\":\"chat\",\"receipt\":true");

    /// <summary>Not acknowledged, so that it takes the same way as a plain one.</summary>
    public static readonly byte[] V1WithoutId = Message(Body, ",\"type\":\"chat\"");

    /// <summary>Its last brace is missing: seen only at the end.</summary>
    public static readonly byte[] Malformed = Plain[..^1];

    private static byte[] BodyOf(int length) => Encoding.UTF8.GetBytes("\"" + new string('x', length - 2) + "\"");

    private static byte[] Message(byte[] body, string rest = "") => [.. "{\"to\":\"bob\",\"body\":"u8, .. body, .. Encoding.UTF8.GetBytes(rest), .. "}"u8];
}
