using System.ComponentModel.DataAnnotations;

namespace MtSockets.Infrastructure.Events;

/// <summary>The events that other services can consume.</summary>
public sealed record EventOptions
{
    /// <summary>The section of the configuration: <c>Events__Enabled</c> in the environment.</summary>
    public const string Section = "Events";

    /// <summary>Whether they are published at all. Default true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Events that may wait to be published; above it the oldest are dropped and counted. Default 10000.</summary>
    [Range(1, 10_000_000)]
    public int MaxWaiting { get; set; } = 10_000;
}
