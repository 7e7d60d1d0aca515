using System.Globalization;
using System.Security.Cryptography;

namespace MtSockets.Bench.Load;

/// <summary>Short names that no earlier run has used, so that nothing an inbox or a dedup window still holds can meet this run. All of one length.</summary>
internal static class RunTag
{
    private static readonly string Process = RandomNumberGenerator.GetHexString(4, lowercase: true);
    private static int _last;

    public static string Next() => Process + Interlocked.Increment(ref _last).ToString("x3", CultureInfo.InvariantCulture);
}
