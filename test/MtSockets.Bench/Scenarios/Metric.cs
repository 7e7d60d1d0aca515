namespace MtSockets.Bench.Scenarios;

internal sealed record Metric(string Name, string Unit, double Value);
