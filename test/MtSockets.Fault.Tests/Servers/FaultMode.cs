namespace MtSockets.Fault.Tests.Servers;

/// <summary>How long the faults last: short in every run, long when <c>MTSOCKETS_FAULTS=long</c>.</summary>
internal static class FaultMode
{
    // Long enough for a stuck reader to come back and be told why it is closed, on a machine that is busy with other things.
    private const string CloseTimeoutMs = "10000";

    public static bool IsLong { get; } = Environment.GetEnvironmentVariable("MTSOCKETS_FAULTS") == "long";

    /// <summary>
    /// What a silent server keeps its place for. In the long form the settings are those of production, in the short form
    /// everything that is waited for is shorter.
    /// </summary>
    public static TimeSpan Lease => TimeSpan.FromMilliseconds(IsLong ? 15_000 : 3_000);

    /// <summary>How long a server is stopped: more than its lease lasts.</summary>
    public static TimeSpan Pause => IsLong ? TimeSpan.FromSeconds(20) : Lease + TimeSpan.FromMilliseconds(1_500);

    public static IReadOnlyDictionary<string, string> Settings { get; } = IsLong
        ? new Dictionary<string, string> { ["Sockets__CloseTimeoutMs"] = CloseTimeoutMs }
        : new Dictionary<string, string>
        {
            ["Sockets__CloseTimeoutMs"] = CloseTimeoutMs,
            ["Lease__DurationMs"] = "3000",
            ["Lease__RenewMs"] = "1000",
            ["Inbox__CheckMs"] = "1000",
            ["Bus__PublishTimeoutMs"] = "2000",
            ["Drain__SpreadMs"] = "500",
        };
}
