using BenchmarkDotNet.Running;
using MtSockets.MicroBench;

// Without a filter BenchmarkDotNet asks which to run; nobody answers a script.
string[] options = args.Any(arg => arg is "-f" or "--filter") ? args : [.. args, "--filter", "*"];
BenchmarkSwitcher.FromAssembly(typeof(SampleFrames).Assembly).Run(options);
