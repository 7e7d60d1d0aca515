namespace MtSockets.Bench.Scenarios;

internal sealed record CpuShare(string Process, double Microseconds);
