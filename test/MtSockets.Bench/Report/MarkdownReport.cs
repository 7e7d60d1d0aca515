using System.Globalization;
using System.Text;
using MtSockets.Bench.Processes;
using MtSockets.Bench.Running;

namespace MtSockets.Bench.Report;

internal static class MarkdownReport
{
    public static string Write(BenchReport report)
    {
        var text = new StringBuilder();
        var (machine, options) = (report.Machine, report.Options);
        text.AppendLine("# Benchmark").AppendLine();
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"{machine.Date:yyyy-MM-dd}, {machine.Processor}, {machine.Cores} cores, {machine.Memory}; {machine.System}; {machine.Runtime}; Redis {machine.Redis}, RabbitMQ {machine.RabbitMq}.");
        text.AppendLine(
            $"Servers, brokers and load generator share these cores. {options.Settings.Pairs} pairs, bodies of 100 bytes, "
            + $"{(options.Rounds == 1 ? "one round" : $"{options.Rounds} rounds")} in turn, {options.Settings.Window.TotalSeconds:0} s each (`paced`: {options.Settings.PacedWindow.TotalSeconds:0} s): "
            + "median (lowest to highest).").AppendLine();
        text.AppendLine("*Reference*: plain Kestrel and System.Net.WebSockets, in memory, one process. *Cluster*: two Edge servers (`servers`: also six), Redis and RabbitMQ.");
        text.AppendLine("CPU is that of servers and brokers together, without the load generator.").AppendLine();
        WriteMetrics(report, text);
        WriteCpu(report, text);
        WriteScenarios(report, text);
        WriteFaults(report, text);
        return text.ToString();
    }

    private static void WriteMetrics(BenchReport report, StringBuilder text)
    {
        text.AppendLine("| scenario | measured | reference | cluster | cluster / reference |").AppendLine("|---|---|--:|--:|--:|");
        foreach (var scenario in report.Scenarios)
        {
            foreach (var metric in report.MetricsOf(scenario.Name))
            {
                var reference = report.Metric(scenario.Name, BenchReport.Reference, metric);
                var cluster = report.Metric(scenario.Name, BenchReport.Cluster, metric);
                var ratio = reference is { Median: > 0 } && cluster is not null ? ResultText.Number(cluster.Median / reference.Median) : "–";
                text.AppendLine(
                    $"| `{scenario.Name}` | {metric}, {report.UnitOf(scenario.Name, metric)} | {ResultText.Spread(reference)} | {ResultText.Spread(cluster)} | {ratio} |");
            }
        }

        text.AppendLine();
    }

    private static void WriteCpu(BenchReport report, StringBuilder text)
    {
        text.AppendLine("CPU of each process in µs, for one message (`fanout`: one delivery; `idle`: one connect; `connections` and `servers`: at the larger number):").AppendLine();
        text.AppendLine("| scenario | target | servers and brokers | load generator |").AppendLine("|---|---|---|--:|");
        foreach (var scenario in report.Scenarios)
        {
            foreach (var target in BenchReport.Targets)
            {
                var processes = report.ProcessesOf(scenario.Name, target);
                if (processes.Count == 0)
                    continue;
                var servers = processes.Where(process => process != CpuMeter.LoadGenerator)
                    .Select(process => $"{process} {ResultText.Spread(report.Cpu(scenario.Name, target, process))}");
                var generator = ResultText.Spread(report.Cpu(scenario.Name, target, CpuMeter.LoadGenerator));
                text.AppendLine($"| `{scenario.Name}` | {target} | {string.Join(", ", servers)} | {generator} |");
            }
        }

        text.AppendLine();
    }

    private static void WriteScenarios(BenchReport report, StringBuilder text)
    {
        foreach (var scenario in report.Scenarios)
            text.AppendLine($"- `{scenario.Name}`: {scenario.Description}.");
        text.AppendLine();
    }

    private static void WriteFaults(BenchReport report, StringBuilder text)
    {
        var faulty = report.Results.Where(result => result.Faults is not null).ToArray();
        var repeated = report.Results.Count(result => result.Attempts > 1);
        var stolen = ResultText.Number(report.Results.Select(result => result.StolenPercent).DefaultIfEmpty().Max());
        var others = ResultText.Number(report.Results.Select(result => result.OthersPercent).DefaultIfEmpty().Max());
        text.AppendLine(
            $"At most {stolen} % of the CPU in any run was stolen by the hypervisor, and at most {others} % taken by other processes. "
            + $"Runs that lost more than {StolenTime.PercentAllowed:0} % were repeated: {repeated} of {report.Results.Count}.").AppendLine();
        text.AppendLine(
            faulty.Length == 0
                ? "Every message of every run was checked: none lost, none twice, none out of order."
                : "**Faults:**");
        foreach (var result in faulty)
            text.AppendLine($"- `{result.Scenario}` on {result.Target}: {result.Faults}");
    }
}
