using MtSockets.Bench.Linux;
using MtSockets.TestKit.Brokers;

namespace MtSockets.Bench.Processes;

/// <summary>
/// The one process that is the broker, for as long as it lives. RabbitMQ has short-lived children of its own name: once a minute it starts a
/// second Erlang (<c>epmd-starter-…</c>, below its <c>erl_child_setup</c>) for less than a second, and each Erlang forks once when it begins.
/// </summary>
internal static class BrokerProcesses
{
    public const string Redis = "redis-server";
    public const string RabbitMq = "beam.smp";

    /// <summary>Nothing for a broker that was given by its address: it may run anywhere.</summary>
    public static IReadOnlyList<(string Name, int ProcessId)> Of(ITestBroker broker, string program)
    {
        if (!broker.IsPrivate)
            return [];
        var found = ProcessStat.Topmost(Environment.ProcessId, program);
        return found is [var only]
            ? [(program, only.ProcessId)]
            : throw new InvalidOperationException($"{found.Count} processes {program} were found below this one, and one was started.");
    }
}
