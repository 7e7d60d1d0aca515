using System.ComponentModel.DataAnnotations;

namespace MtSockets.Edge.Routing;

/// <summary>What the application's own message types mean to the server.</summary>
public sealed record MessageOptions
{
    /// <summary>The section of the configuration: <c>Messages__EphemeralTypes</c> in the environment.</summary>
    public const string Section = "Messages";

    /// <summary>Types that are never stored, separated by commas. Default <c>typing</c>.</summary>
    [Required(AllowEmptyStrings = true)]
    public string EphemeralTypes { get; set; } = "typing";
}
