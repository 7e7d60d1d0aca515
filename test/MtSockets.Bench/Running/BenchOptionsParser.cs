using System.Globalization;
using MtSockets.Bench.Processes;
using MtSockets.Bench.Scenarios;

namespace MtSockets.Bench.Running;

internal static class BenchOptionsParser
{
    /// <exception cref="ArgumentException">The arguments cannot be understood; the message says which.</exception>
    public static BenchOptions Parse(IReadOnlyList<string> arguments)
    {
        var root = RepositoryRoot.Find();
        var options = new BenchOptions
        {
            Root = root,
            OutputFolder = Path.Combine(root, "docs", "benchmarks"),
            Edge = ServerProgram.Edge(root),
            Reference = ServerProgram.Reference(root),
        };
        if (arguments.Contains("--quick"))
            options = Quick(options);

        for (var i = 0; i < arguments.Count; i++)
        {
            var name = arguments[i];
            if (name == "--quick")
                continue;
            if (++i == arguments.Count)
                throw new ArgumentException($"{name} needs a value, or is no option.");
            options = With(options, name, arguments[i]);
        }

        return options;
    }

    private static BenchOptions Quick(BenchOptions options) => options with
    {
        Rounds = 1,
        OutputFolder = null,
        Settings = options.Settings with
        {
            Heat = TimeSpan.FromSeconds(4),
            WarmUp = TimeSpan.FromSeconds(1),
            Window = TimeSpan.FromSeconds(2),
            PacedWindow = TimeSpan.FromSeconds(3),
            IdleFrom = 500,
            IdleTo = 1_500,
        },
    };

    private static BenchOptions With(BenchOptions options, string name, string value)
    {
        var settings = options.Settings;
        switch (name)
        {
            case "--scenarios":
                return options with { Scenarios = ScenarioList.Named(value.Split(',')) };
            case "--targets":
                var targets = value.Split(',');
                if (targets.Except(["reference", "cluster"]).Any())
                    throw new ArgumentException($"{name}: {value} are not targets.");
                return options with { WithReference = targets.Contains("reference"), WithCluster = targets.Contains("cluster") };
            case "--rounds":
                return options with { Rounds = Number(name, value) };
            case "--seconds":
                return options with { Settings = settings with { Window = TimeSpan.FromSeconds(Number(name, value)) } };
            case "--warmup":
                return options with { Settings = settings with { WarmUp = TimeSpan.FromSeconds(Number(name, value)) } };
            case "--heat":
                return options with { Settings = settings with { Heat = TimeSpan.FromSeconds(Number(name, value)) } };
            case "--paced-seconds":
                return options with { Settings = settings with { PacedWindow = TimeSpan.FromSeconds(Number(name, value)) } };
            case "--minutes":
                return options with { Settings = settings with { PacedWindow = TimeSpan.FromMinutes(Number(name, value)) } };
            case "--pairs":
                return options with { Settings = settings with { Pairs = Number(name, value) } };
            case "--idle":
                if (value.Split(',') is not [var from, var to])
                    throw new ArgumentException($"{name}: two numbers are needed, as in 5000,15000.");
                return options with { Settings = settings with { IdleFrom = Number(name, from), IdleTo = Number(name, to) } };
            case "--out":
                return options with { OutputFolder = Path.GetFullPath(value) };
            case "--edge":
                return options with { Edge = options.Edge with { Assembly = Path.GetFullPath(value) } };
            case "--reference":
                return options with { Reference = options.Reference with { Assembly = Path.GetFullPath(value) } };
            default:
                throw new ArgumentException($"{name} is no option.");
        }
    }

    private static int Number(string name, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new ArgumentException($"{name}: {value} is not a number above 0.");
}
