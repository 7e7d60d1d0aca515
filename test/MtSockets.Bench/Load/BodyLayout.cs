using System.Globalization;

namespace MtSockets.Bench.Load;

/// <summary>
/// The body of every message: <c>ssss</c> stream, <c>nnnnnnnn</c> sequence number, the rest filling. At a fixed place,
/// so that checking an arrived message is comparing bytes.
/// </summary>
internal static class BodyLayout
{
    /// <summary>Where the sequence number goes.</summary>
    public const string Place = "########";

    private const string Filling = "the quick brown fox jumps over the lazy dog and goes on and on ";

    public static string Prefix(int stream) => stream.ToString("x4", CultureInfo.InvariantCulture);

    public static string Suffix(int stream, int bodyLength)
    {
        var rest = bodyLength - Prefix(stream).Length - Place.Length;
        return string.Create(rest, 0, (chars, _) =>
        {
            for (var i = 0; i < chars.Length; i++)
                chars[i] = Filling[i % Filling.Length];
        });
    }

    public static string Body(int stream, int bodyLength) => Prefix(stream) + Place + Suffix(stream, bodyLength);
}
