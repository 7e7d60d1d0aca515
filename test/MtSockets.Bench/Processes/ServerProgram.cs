namespace MtSockets.Bench.Processes;

/// <param name="Assembly">The assembly to start.</param>
/// <param name="ReadyPath">Answers 200 once it takes connections.</param>
internal sealed record ServerProgram(string Assembly, string ReadyPath)
{
    public static ServerProgram Edge(string root) => new(Path.Combine(root, "Edge/bin/Release/net10.0/MtSockets.Edge.dll"), "/health/ready");

    public static ServerProgram Reference(string root) =>
        new(Path.Combine(root, "test/MtSockets.Reference/bin/Release/net10.0/MtSockets.Reference.dll"), "/health");
}
