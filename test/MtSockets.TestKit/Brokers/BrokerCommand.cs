namespace MtSockets.TestKit.Brokers;

/// <summary>How a private broker is started, and how to know that it is ready.</summary>
internal sealed record BrokerCommand
{
    /// <summary>For messages: "Redis", "RabbitMQ".</summary>
    public required string Name { get; init; }

    /// <summary>Program and arguments.</summary>
    public required IReadOnlyList<string> CommandLine { get; init; }

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Where it keeps everything. Removed with the broker.</summary>
    public required string Folder { get; init; }

    /// <summary>One attempt to use it. Throws a socket or I/O exception, or returns false, while it is not ready.</summary>
    public required Func<CancellationToken, Task<bool>> IsReady { get; init; }

    public required TimeSpan StartBound { get; init; }
}
