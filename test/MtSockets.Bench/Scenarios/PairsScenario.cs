using System.Globalization;
using MtSockets.Bench.Load;
using MtSockets.Bench.Processes;

namespace MtSockets.Bench.Scenarios;

/// <summary>Pairs of users, as fast as the messages in flight allow.</summary>
/// <param name="name">Name of the scenario.</param>
/// <param name="window">Messages in flight for each pair.</param>
/// <param name="pairs">Pairs, where the settings do not say.</param>
/// <param name="oneServer">Both users of a pair on one server.</param>
/// <param name="acknowledged">Messages with an id, over <c>mtsockets.v1</c>; in flight until delivered and acknowledged.</param>
internal sealed class PairsScenario(string name, int window, int? pairs = null, bool oneServer = false, bool acknowledged = false) : StreamScenario
{
    public override string Name => name;

    public override string Description =>
        string.Create(CultureInfo.InvariantCulture, $"{(pairs is 1 ? "one pair" : "pairs")}, ")
        + $"{(oneServer ? "both users on one server" : "sender and receiver on different servers")}, {window} in flight for each pair"
        + (acknowledged ? ", acknowledged messages" : "");

    public override bool CanRunOn(ITarget target) => target.Acknowledges || !acknowledged;

    protected override void Connect(StreamRun run, ITarget target, ScenarioSettings settings) =>
        ConnectPairs(run, target, pairs ?? settings.Pairs, window, oneServer, acknowledged);
}
