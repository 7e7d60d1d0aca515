using System.Globalization;
using MtSockets.Bench.Scenarios;

namespace MtSockets.Bench.Report;

/// <summary>Numbers as people read them.</summary>
internal static class ResultText
{
    public static string OneLine(ScenarioResult result) =>
        string.Join(", ", result.Metrics.Select(metric => $"{metric.Name} {Number(metric.Value)} {metric.Unit}"))
        + $" ({string.Join(", ", result.Cpu.Select(share => $"{share.Process} {Number(share.Microseconds)}"))}; {Number(result.StolenPercent)} % stolen, others {Number(result.OthersPercent)} %)";

    /// <summary>Three digits, or whole thousands.</summary>
    public static string Number(double value)
    {
        var digits = Math.Abs(value) switch
        {
            0 => 0,
            >= 100 => 0,
            >= 10 => 1,
            >= 1 => 2,
            _ => 3,
        };
        return value.ToString("n" + digits, CultureInfo.InvariantCulture);
    }

    public static string Spread(Spread? spread)
    {
        if (spread is null)
            return "–";
        return spread.Min.Equals(spread.Max)
            ? Number(spread.Median)
            : $"{Number(spread.Median)} ({Number(spread.Min)} to {Number(spread.Max)})";
    }
}
