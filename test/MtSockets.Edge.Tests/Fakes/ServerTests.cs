namespace MtSockets.Edge.Tests.Fakes;

/// <summary>Tests of servers in one <see cref="World"/>; they end with the test.</summary>
public abstract class ServerTests : IAsyncLifetime
{
    private readonly List<TestServer> _servers = [];

    internal World World { get; init; } = new();

    internal TestServer AddServer(string id = "edge-1", params (string Key, string Value)[] settings)
    {
        var server = new TestServer(World, id, settings);
        _servers.Add(server);
        return server;
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        World.Network.End();
        foreach (var server in _servers)
            await server.DisposeAsync();
    }
}
