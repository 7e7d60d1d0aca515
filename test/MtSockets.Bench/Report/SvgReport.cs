using MtSockets.Bench.Processes;
using MtSockets.Bench.Scenarios;

namespace MtSockets.Bench.Report;

/// <summary>
/// Two columns: throughput of each scenario, as long as it is beside the reference, with lowest and highest round as a whisker;
/// and CPU for one message, stacked by process. Under them, CPU with few and with many of what should not matter.
/// </summary>
internal static class SvgReport
{
    private const int Margin = 16;
    private const int Left = 130;
    private const int BarWidth = 280;
    private const int Gap = 170;
    private const int RightColumn = Left + BarWidth + Gap;
    private const int Width = RightColumn + BarWidth + 100;
    private const int Top = 84;
    private const int LegendTop = 40;

    // A letter of the legend's font is about this wide; a key is a square, a blank and its text.
    private const double LetterWidth = 6.4;
    private const int KeyWidth = 42;

    private const string ReferenceColour = "#9aa5b1";
    private const string ClusterColour = "#2f6f9f";

    private static readonly Dictionary<string, (string Colour, string Text)> Processes = new(StringComparer.Ordinal)
    {
        ["server"] = (ReferenceColour, "reference: plain Kestrel, one process"),
        ["server A"] = (ClusterColour, "server A"),
        ["server B"] = ("#5fa3d0", "server B"),
        [BrokerProcesses.Redis] = ("#c0504d", "Redis"),
        [BrokerProcesses.RabbitMq] = ("#e08e2b", "RabbitMQ"),
    };

    public static string Write(BenchReport report)
    {
        var drawing = new SvgDrawing();
        // The other two are about latency.
        var streams = report.Scenarios.Where(scenario => scenario is StreamScenario and not PacedScenario && scenario.Name != "pair")
            .Select(scenario => scenario.Name)
            .ToArray();
        var growth = report.Scenarios.OfType<GrowthScenario>().ToArray();
        var y = Top;
        DrawLegend(drawing, report);
        if (streams.Length > 0)
        {
            drawing.Title(Left, 24, "Throughput (longer is better)");
            drawing.Title(RightColumn, 24, "CPU for one message (shorter is better)");
        }

        foreach (var scenario in streams)
            y = DrawStream(drawing, report, scenario, y);
        if (growth.Length > 0)
        {
            y += streams.Length > 0 ? SvgDrawing.RowHeight : 0;
            drawing.Title(Left, streams.Length > 0 ? y : 24, "CPU for one message, with few and with many (shorter is better)");
            y += streams.Length > 0 ? SvgDrawing.RowHeight - 4 : 0;
        }

        foreach (var scenario in growth)
            y = DrawGrowth(drawing, report, scenario, y);
        drawing.Text(Margin, y + 18, $"{report.Machine.Processor}, {report.Machine.Cores} cores, {report.Machine.Date:yyyy-MM-dd}", "fill='#666'");
        return drawing.Finish(Width, y + 34);
    }

    private static void DrawLegend(SvgDrawing drawing, BenchReport report)
    {
        var seen = report.Results.SelectMany(result => result.Cpu).Select(share => share.Process).ToHashSet();
        double x = Left;
        foreach (var (_, (colour, text)) in Processes.Where(process => seen.Contains(process.Key)))
        {
            drawing.Bar(x, LegendTop, 12, colour);
            drawing.Label(x + 18, LegendTop, text);
            x += KeyWidth + text.Length * LetterWidth;
        }
    }

    private static int DrawStream(SvgDrawing drawing, BenchReport report, string scenario, int y)
    {
        string[] targets = [.. BenchReport.Targets.Where(target => report.Metric(scenario, target, "throughput") is not null)];
        if (targets.Length == 0)
            return y;
        drawing.Label(Margin, y + SvgDrawing.RowHeight * (targets.Length - 1) / 2, scenario, "font-weight='bold'");
        var highest = targets.Max(target => report.Metric(scenario, target, "throughput")!.Max);
        var dearest = targets.Max(target => ServerCost(report, scenario, target).Sum(part => part.Cost));
        foreach (var target in targets)
        {
            var rate = report.Metric(scenario, target, "throughput")!;
            drawing.Bar(Left, y, rate.Median / highest * BarWidth, target == BenchReport.Reference ? ReferenceColour : ClusterColour);
            drawing.Whisker(Left + rate.Min / highest * BarWidth, Left + rate.Max / highest * BarWidth, y);
            drawing.Label(Left + BarWidth + 8, y, $"{ResultText.Number(rate.Median)} {report.UnitOf(scenario, "throughput")}");
            DrawCost(drawing, ServerCost(report, scenario, target), y, dearest);
            y += SvgDrawing.RowHeight;
        }

        return y + SvgDrawing.RowHeight / 2;
    }

    private static void DrawCost(SvgDrawing drawing, IReadOnlyList<(string Process, double Cost)> parts, int y, double dearest)
    {
        double x = RightColumn;
        foreach (var (process, cost) in parts)
        {
            var width = cost / dearest * BarWidth;
            drawing.Bar(x, y, width, Processes.GetValueOrDefault(process, ("#777", process)).Item1);
            x += width;
        }

        drawing.Label(x + 8, y, $"{ResultText.Number(parts.Sum(part => part.Cost))} µs");
    }

    private static int DrawGrowth(SvgDrawing drawing, BenchReport report, GrowthScenario scenario, int y)
    {
        string[] metrics = [scenario.CpuOfFew, scenario.CpuOfMany];
        var rows = BenchReport.Targets
            .SelectMany(target => metrics.Select(metric => (Target: target, Metric: metric, Cost: report.Metric(scenario.Name, target, metric))))
            .Where(row => row.Cost is not null)
            .ToArray();
        if (rows.Length == 0)
            return y;
        drawing.Label(Margin, y + SvgDrawing.RowHeight * (rows.Length - 1) / 2, scenario.Name, "font-weight='bold'");
        var dearest = rows.Max(row => row.Cost!.Max);
        foreach (var (target, metric, cost) in rows)
        {
            drawing.Bar(Left, y, cost!.Median / dearest * BarWidth, target == BenchReport.Reference ? ReferenceColour : ClusterColour);
            drawing.Whisker(Left + cost.Min / dearest * BarWidth, Left + cost.Max / dearest * BarWidth, y);
            var ratio = metric == scenario.CpuOfMany ? $": {ResultText.Number(report.Metric(scenario.Name, target, scenario.Ratio)!.Median)} times" : "";
            drawing.Label(Left + BarWidth + 8, y, $"{ResultText.Number(cost.Median)} µs, {target}, {scenario.CountOf(metric)}{ratio}");
            y += SvgDrawing.RowHeight;
        }

        return y + SvgDrawing.RowHeight / 2;
    }

    private static (string Process, double Cost)[] ServerCost(BenchReport report, string scenario, string target) =>
    [
        .. report.ProcessesOf(scenario, target).Where(process => process != CpuMeter.LoadGenerator)
            .Select(process => (process, report.Cpu(scenario, target, process)!.Median)),
    ];
}
