using System.Runtime.InteropServices;
using MtSockets.Bench.Report;
using MtSockets.Bench.Running;

BenchOptions options;
try
{
    options = BenchOptionsParser.Parse(args);
}
catch (ArgumentException wrong)
{
    Console.Error.WriteLine(wrong.Message);
    Console.Error.WriteLine(BenchOptions.Usage);
    return 2;
}

using var cancel = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

try
{
    var results = await new BenchRunner(options, Console.Out, cancel.Token).RunAsync();
    var report = new BenchReport(MachineFacts.Read(), options, results);
    Console.WriteLine();
    Console.WriteLine(MarkdownReport.Write(report));
    if (options.OutputFolder is { } folder)
        ReportFiles.Save(report, folder);

    var faulty = results.Count(result => result.Faults is not null);
    Console.WriteLine(faulty == 0 ? "No loss, no duplicate, no disorder." : $"{faulty} of {results.Count} runs were faulty.");
    return faulty == 0 ? 0 : 1;
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("Interrupted.");
    return 1;
}
catch (Exception fault) when (fault is InvalidOperationException or TimeoutException or IOException)
{
    Console.Error.WriteLine(fault.Message);
    return 1;
}

void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    cancel.Cancel();
}
