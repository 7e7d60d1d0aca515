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

    internal TimeSpan Retention => TimeSpan.FromDays(RetentionDays);
}
