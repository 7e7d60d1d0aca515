using System.Net;

namespace MtSockets.Bench.Processes;

/// <summary>Plain Kestrel in one process, without brokers.</summary>
internal sealed class ReferenceTarget : ITarget
{
    private static readonly Dictionary<string, string> NoSettings = [];

    private readonly ServerProgram _program;
    private readonly ServerProcess _server;

    private ReferenceTarget(ServerProgram program, ServerProcess server) => (_program, _server) = (program, server);

    public string Name => "reference";

    public IPEndPoint ServerA => _server.EndPoint;

    public IPEndPoint ServerB => _server.EndPoint;

    public IReadOnlyList<IPEndPoint> Servers => [_server.EndPoint];

    public bool CanResize => false;

    public bool Acknowledges => false;

    public string Output => _server.Output;

    public static async Task<ReferenceTarget> StartAsync(ServerProgram program, CancellationToken cancelled) =>
        new(program, await ServerProcess.StartAsync("reference", program, NoSettings, cancelled));

    public IReadOnlyList<(string Name, int ProcessId)> Processes() => [("server", _server.ProcessId)];

    public Task ResizeAsync(int servers, CancellationToken cancelled) => throw new NotSupportedException("The reference is one process.");

    public Task<ServerProcess> StartFreshAsync(CancellationToken cancelled) =>
        ServerProcess.StartAsync("reference for idle connections", _program, NoSettings, cancelled);

    public bool AreRegistered(IEnumerable<string> users) => true;

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
