namespace MtSockets.Bench.Processes;

internal sealed record CpuUse(string Process, TimeSpan Time);
