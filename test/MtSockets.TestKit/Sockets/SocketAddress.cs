namespace MtSockets.TestKit.Sockets;

internal static class SocketAddress
{
    /// <summary><c>ws://host:port/ws?user_id=...</c> for a base address of either scheme.</summary>
    public static Uri For(Uri baseAddress, string user, string? query)
    {
        var scheme = baseAddress.Scheme is "https" or "wss" ? "wss" : "ws";
        return new UriBuilder(scheme, baseAddress.Host, baseAddress.Port, "/ws")
        {
            Query = $"user_id={Uri.EscapeDataString(user)}" + (string.IsNullOrEmpty(query) ? "" : $"&{query.TrimStart('?', '&')}"),
        }.Uri;
    }
}
