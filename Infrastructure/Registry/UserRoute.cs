namespace MtSockets.Infrastructure.Registry;

/// <summary>What the registry says of a user.</summary>
/// <param name="Servers">The MtSockets servers that entered themselves for him.</param>
/// <param name="Last">
/// The server in the spec's key <c>user:</c>: the one he connected to last. A server of the first implementation is only here.
/// </param>
internal readonly record struct UserRoute(IReadOnlyList<string> Servers, string? Last)
{
    public static readonly UserRoute Nowhere = new([], null);

    /// <summary>The lease that was asked for is running.</summary>
    public bool IsLeased { get; init; }
}
