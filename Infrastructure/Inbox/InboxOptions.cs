using System.ComponentModel.DataAnnotations;

namespace MtSockets.Infrastructure.Inbox;

/// <summary>How much is kept for a user who is not connected.</summary>
public sealed record InboxOptions
{
    /// <summary>The section of the configuration: <c>Inbox__MaxMessages</c> in the environment.</summary>
    public const string Section = "Inbox";

    /// <summary>Messages kept for each user; the oldest give way. Default 1000.</summary>
    [Range(1, 1_000_000)]
    public int MaxMessages { get; set; } = 1000;

    /// <summary>Days for which a message is kept. Default 7.</summary>
    [Range(1, 3650)]
    public int RetentionDays { get; set; } = 7;

    /// <summary>Messages read from the log at a time during a replay. Default 100: a page of usual messages fits into one send queue.</summary>
    [Range(1, 10_000)]
    public int PageSize { get; set; } = 100;

    /// <summary>Seconds within which the same id of the same sender is the same message. Default 300.</summary>
    [Range(1, 86_400)]
    public int DedupSeconds { get; set; } = 300;

    /// <summary>Milliseconds a message that comes before its predecessor waits for it before the log is read. Default 10.</summary>
    [Range(1, 10_000)]
    public int GapWaitMs { get; set; } = 10;

    /// <summary>Milliseconds between two looks at the last numbers of the users with an acknowledging session. Default 5000.</summary>
    [Range(50, 600_000)]
    public int CheckMs { get; set; } = 5_000;

    internal TimeSpan DedupWindow => TimeSpan.FromSeconds(DedupSeconds);

    internal TimeSpan Retention => TimeSpan.FromDays(RetentionDays);
}
