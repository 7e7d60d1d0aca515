using System.Text;

namespace MtSockets.Contracts.Bus;

/// <summary>The names of kinds and shares as they cross the bus, each at the index that is its value.</summary>
internal static class ServerMessageNames
{
    public static readonly byte[][] Kinds = Of<ServerMessageKind>();

    public static readonly byte[][] Shares = Of<ServerMessageShare>();

    private static byte[][] Of<T>()
        where T : struct, Enum =>
        [.. Enum.GetNames<T>().Select(name => Encoding.UTF8.GetBytes(name.ToLowerInvariant()))];
}
