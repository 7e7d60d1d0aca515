namespace MtSockets.Fault.Tests.Load;

internal sealed record LoadOptions
{
    public int Pairs { get; init; } = 4;

    /// <summary>Messages of each pair; by default as many as there is time for.</summary>
    public int Messages { get; init; } = int.MaxValue;

    /// <summary>Messages a sender may have under way at a time.</summary>
    public int Window { get; init; } = 4;

    /// <summary>The time between two messages of a sender.</summary>
    public TimeSpan Pace { get; init; } = TimeSpan.FromMilliseconds(10);
}
