using System.ComponentModel.DataAnnotations;

namespace MtSockets.Edge.Routing;

/// <summary>The bounds of what is done for messages whose recipient has moved.</summary>
public sealed record RoutingOptions
{
    /// <summary>The section of the configuration: <c>Routing__MaxHops</c> in the environment.</summary>
    public const string Section = "Routing";

    /// <summary>How often servers pass a message on to where its recipient has moved; then it is stored. Default 3.</summary>
    [Range(1, 100)]
    public int MaxHops { get; set; } = 3;

    /// <summary>Messages that may wait here to be looked up again; above it they are dropped and counted, or their sender gets the error <c>overloaded</c>. Default 10000.</summary>
    [Range(100, 1_000_000)]
    public int MaxStrays { get; set; } = 10_000;
}
