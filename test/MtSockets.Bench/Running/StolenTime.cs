namespace MtSockets.Bench.Running;

/// <summary>A run that lost CPU to the hypervisor says little about the servers, and is repeated a few times.</summary>
internal static class StolenTime
{
    public const double PercentAllowed = 3;

    private const int Attempts = 3;

    public static bool IsTooMuch(double stolenPercent) => stolenPercent > PercentAllowed;

    /// <param name="stolenPercent">Of the run just made.</param>
    /// <param name="attempt">Its number; the first is 1.</param>
    public static bool MustRepeat(double stolenPercent, int attempt) => IsTooMuch(stolenPercent) && attempt < Attempts;
}
