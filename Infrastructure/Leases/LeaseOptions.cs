using System.ComponentModel.DataAnnotations;

namespace MtSockets.Infrastructure.Leases;

/// <summary>How long a server that says nothing more counts as alive.</summary>
public sealed record LeaseOptions
{
    /// <summary>The section of the configuration: <c>Lease__DurationMs</c> in the environment.</summary>
    public const string Section = "Lease";

    /// <summary>Milliseconds after which a silent server is dead and is cleaned up after. Default 15000.</summary>
    [Range(500, 600_000)]
    public int DurationMs { get; set; } = 15_000;

    /// <summary>Milliseconds between two renewals; must be less than half of <see cref="DurationMs"/>. Default 5000.</summary>
    [Range(100, 300_000)]
    public int RenewMs { get; set; } = 5_000;

    internal TimeSpan Duration => TimeSpan.FromMilliseconds(DurationMs);

    internal TimeSpan Renew => TimeSpan.FromMilliseconds(RenewMs);
}
