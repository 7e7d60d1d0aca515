using System.Net;

namespace MtSockets.Bench.Processes;

/// <summary>What is measured: servers and what they need, or one process that is taken for both.</summary>
internal interface ITarget : IAsyncDisposable
{
    string Name { get; }

    /// <summary>Where senders connect.</summary>
    IPEndPoint ServerA { get; }

    /// <summary>Where receivers connect.</summary>
    IPEndPoint ServerB { get; }

    /// <summary>All of its servers, the two above first.</summary>
    IReadOnlyList<IPEndPoint> Servers { get; }

    /// <summary>Whether it can have another number of servers.</summary>
    bool CanResize { get; }

    /// <summary>Whether it speaks <c>mtsockets.v1</c>.</summary>
    bool Acknowledges { get; }

    /// <summary>Name and process id of everything that works for this target, the load generator left out.</summary>
    IReadOnlyList<(string Name, int ProcessId)> Processes();

    /// <summary>Starts servers, or stops those that came last, until there are so many.</summary>
    Task ResizeAsync(int servers, CancellationToken cancelled);

    /// <summary>One more server, which nothing else has used.</summary>
    Task<ServerProcess> StartFreshAsync(CancellationToken cancelled);

    /// <summary>Whether every one of these users is registered by now.</summary>
    bool AreRegistered(IEnumerable<string> users);

    /// <summary>The last output of its servers.</summary>
    string Output { get; }
}
