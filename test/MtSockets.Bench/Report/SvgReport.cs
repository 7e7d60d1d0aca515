using System.Globalization;
using System.Net;
using System.Text;
using MtSockets.Bench.Processes;

namespace MtSockets.Bench.Report;

/// <summary>
/// Two columns: throughput of each scenario, as long as it is beside the reference, with lowest and highest round as a whisker;
/// and CPU for one message, stacked by process.
/// </summary>
internal static class SvgReport
{
    private const int Left = 90;
    private const int BarWidth = 280;
    private const int Gap = 170;
    private const int RowHeight = 20;
    private const int BarHeight = 14;
    private const int Top = 70;
    private const int Width = Left + BarWidth + Gap + BarWidth + 110;

    private static readonly string[] Scenarios = ["max", "one", "local", "fanout", "acked"];

    private static readonly Dictionary<string, string> Colours = new(StringComparer.Ordinal)
    {
        ["server"] = "#9aa5b1",
        ["server A"] = "#2f6f9f",
        ["server B"] = "#5fa3d0",
        ["redis-server"] = "#c0504d",
        ["beam.smp"] = "#e08e2b",
    };

    public static string Write(BenchReport report)
    {
        var rows = report.Scenarios.Where(scenario => Scenarios.Contains(scenario.Name)).Select(scenario => scenario.Name)
            .SelectMany(name => (IEnumerable<(string, string)>)[(name, BenchReport.Reference), (name, BenchReport.Cluster)])
            .Where(row => report.Metric(row.Item1, row.Item2, "throughput") is not null)
            .ToArray();
        var bars = new StringBuilder();
        var y = Top;
        foreach (var group in rows.GroupBy(row => row.Item1))
        {
            Text(bars, 10, y + RowHeight * group.Count() / 2 + 4, group.Key, "font-weight='bold'");
            var rates = group.Select(row => report.Metric(row.Item1, row.Item2, "throughput")!.Max).Max();
            var costs = group.Select(row => ServerCost(report, row).Sum(part => part.Cost)).Max();
            foreach (var row in group)
            {
                DrawRate(bars, report, row, y, rates);
                DrawCost(bars, ServerCost(report, row), y, costs);
                y += RowHeight;
            }

            y += RowHeight / 2;
        }

        return Frame(report, bars, y);
    }

    private static void DrawRate(StringBuilder bars, BenchReport report, (string Scenario, string Target) row, int y, double longest)
    {
        var rate = report.Metric(row.Scenario, row.Target, "throughput")!;
        var colour = row.Target == BenchReport.Reference ? Colours["server"] : Colours["server A"];
        Bar(bars, Left, y, rate.Median / longest * BarWidth, colour);
        var (low, high) = (Left + rate.Min / longest * BarWidth, Left + rate.Max / longest * BarWidth);
        var middle = y + BarHeight / 2;
        Line(bars, $"<path d='M{Fixed(low)} {middle}H{Fixed(high)}M{Fixed(low)} {middle - 3}v6M{Fixed(high)} {middle - 3}v6' stroke='#222' fill='none'/>");
        Text(bars, Left + BarWidth + 6, y + BarHeight - 2, $"{ResultText.Number(rate.Median)} {report.UnitOf(row.Scenario, "throughput")}");
    }

    private static void DrawCost(StringBuilder bars, IReadOnlyList<(string Process, double Cost)> parts, int y, double longest)
    {
        double x = Left + BarWidth + Gap;
        foreach (var (process, cost) in parts)
        {
            var width = cost / longest * BarWidth;
            Bar(bars, x, y, width, Colours.GetValueOrDefault(process, "#777"));
            x += width;
        }

        Text(bars, x + 6, y + BarHeight - 2, $"{ResultText.Number(parts.Sum(part => part.Cost))} µs");
    }

    private static (string Process, double Cost)[] ServerCost(BenchReport report, (string Scenario, string Target) row) =>
    [
        .. report.ProcessesOf(row.Scenario, row.Target).Where(process => process != CpuMeter.LoadGenerator)
            .Select(process => (process, report.Cpu(row.Scenario, row.Target, process)!.Median)),
    ];

    private static string Frame(BenchReport report, StringBuilder bars, int height)
    {
        var svg = new StringBuilder();
        Line(svg, $"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {Width} {height + 40}' font-family='system-ui, sans-serif' font-size='12'>");
        Line(svg, $"<rect width='{Width}' height='{height + 40}' fill='#fff'/>");
        Text(svg, Left, 24, "Throughput (higher is better)", "font-size='15' font-weight='bold'");
        Text(svg, Left + BarWidth + Gap, 24, "CPU for one message (lower is better)", "font-size='15' font-weight='bold'");
        var x = Left;
        foreach (var (process, colour) in Colours)
        {
            Bar(svg, x, 38, 12, colour);
            Text(svg, x + 18, 50, process == "server" ? "reference: plain Kestrel, one process" : process == "beam.smp" ? "RabbitMQ" : process);
            x += process == "server" ? 240 : 105;
        }

        svg.Append(bars);
        Text(svg, 10, height + 24, $"{report.Machine.Processor}, {report.Machine.Cores} cores, {report.Machine.Date:yyyy-MM-dd}", "fill='#666'");
        svg.AppendLine("</svg>");
        return svg.ToString();
    }

    private static void Bar(StringBuilder svg, double x, int y, double width, string colour) =>
        Line(svg, $"<rect x='{Fixed(x)}' y='{y}' width='{Fixed(width)}' height='{BarHeight}' fill='{colour}'/>");

    private static void Text(StringBuilder svg, double x, int y, string text, string more = "") =>
        Line(svg, $"<text x='{Fixed(x)}' y='{y}' {more}>{WebUtility.HtmlEncode(text)}</text>");

    private static void Line(StringBuilder svg, string line) => svg.AppendLine(line);

    private static string Fixed(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
