namespace MtSockets.Bench.Scenarios;

internal static class ScenarioList
{
    public static IReadOnlyList<IScenario> All { get; } =
    [
        new PairsScenario("max", window: 32),
        new PairsScenario("one", window: 1),
        new PacedScenario(),
        new PairsScenario("pair", window: 1, pairs: 1),
        new PairsScenario("local", window: 32, oneServer: true),
        new FanoutScenario(),
        new PairsScenario("acked", window: 32, acknowledged: true),
        new SendersScenario(),
        new ConnectionsScenario("connections", window: 32),
        new ConnectionsScenario("connections1", window: 1),
        new ServersScenario("servers"),
        new ServersScenario("serversload", sameForEachServer: true),
        new ServersScenario("serverspaced", rate: 5000),
        new IdleScenario(),
    ];

    /// <summary>What runs when the command line names none: the variant that explains the numbers of <c>connections</c> is left out.</summary>
    public static IReadOnlyList<IScenario> Default { get; } = [.. All.Where(scenario => scenario.Name != "connections1")];

    public static IReadOnlyList<IScenario> Named(IEnumerable<string> names) => [.. names.Select(Named)];

    private static IScenario Named(string name) =>
        All.FirstOrDefault(scenario => scenario.Name == name)
        ?? throw new ArgumentException($"There is no scenario {name}; there are {string.Join(", ", All.Select(scenario => scenario.Name))}.");
}
