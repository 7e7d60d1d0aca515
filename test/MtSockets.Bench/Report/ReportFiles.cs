namespace MtSockets.Bench.Report;

internal static class ReportFiles
{
    private const string Table = "results.md";
    private const string Picture = "results.svg";

    public static void Save(BenchReport report, string folder)
    {
        Directory.CreateDirectory(folder);
        var text = MarkdownReport.Write(report).Replace("# Benchmark\n", $"# Benchmark\n\n![throughput and CPU]({Picture})\n", StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(folder, Table), text);
        File.WriteAllText(Path.Combine(folder, Picture), SvgReport.Write(report));
    }
}
