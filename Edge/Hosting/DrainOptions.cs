using System.ComponentModel.DataAnnotations;

namespace MtSockets.Edge.Hosting;

/// <summary>How a server takes its leave.</summary>
public sealed record DrainOptions : IValidatableObject
{
    /// <summary>The section of the configuration: <c>Drain__TimeoutMs</c> in the environment.</summary>
    public const string Section = "Drain";

    /// <summary>Milliseconds the whole leave may take. Default 10000.</summary>
    [Range(500, 600_000)]
    public int TimeoutMs { get; set; } = 10_000;

    /// <summary>Milliseconds over which the closing of the sockets is spread, so that not all clients connect elsewhere at once. Less than the whole leave may take. Default 3000.</summary>
    [Range(0, 600_000)]
    public int SpreadMs { get; set; } = 3_000;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (SpreadMs >= TimeoutMs)
            yield return new ValidationResult($"Must be less than {Section}__TimeoutMs: the sockets that are closed last would be cut.", [nameof(SpreadMs)]);
    }
}
