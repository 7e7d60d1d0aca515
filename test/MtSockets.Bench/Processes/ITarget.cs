using System.Net;

namespace MtSockets.Bench.Processes;

/// <summary>What is measured: two servers and what they need, or one process that is taken for both.</summary>
internal interface ITarget : IAsyncDisposable
{
    string Name { get; }

    /// <summary>Where senders connect.</summary>
    IPEndPoint ServerA { get; }

    /// <summary>Where receivers connect.</summary>
    IPEndPoint ServerB { get; }

    /// <summary>Whether it speaks <c>mtsockets.v1</c>.</summary>
    bool Acknowledges { get; }

    /// <summary>Name and process id of everything that works for this target, the load generator left out.</summary>
    IReadOnlyList<(string Name, int ProcessId)> Processes();

    /// <summary>One more server, which nothing else has used.</summary>
    Task<ServerProcess> StartFreshAsync(CancellationToken cancelled);

    /// <summary>Whether every one of these users is registered by now.</summary>
    bool AreRegistered(IEnumerable<string> users);

    /// <summary>The last output of its servers.</summary>
    string Output { get; }
}
