using System.Globalization;

namespace MtSockets.Infrastructure;

/// <summary>Reads <c>host</c>, <c>host:port</c> and <c>[::1]:port</c>.</summary>
internal static class HostAndPort
{
    /// <exception cref="FormatException">It is neither of them.</exception>
    public static (string Host, ushort Port) Parse(string address, ushort defaultPort)
    {
        if (TryParse(address, defaultPort, out var host, out var port))
            return (host, port);
        throw new FormatException($"\"{address}\" is not of the form host:port");
    }

    public static bool TryParse(string address, ushort defaultPort, out string host, out ushort port)
    {
        port = defaultPort;
        var colon = address.LastIndexOf(':');
        var isBareIpV6 = colon >= 0 && address.IndexOf(':', StringComparison.Ordinal) != colon && !address.Contains(']', StringComparison.Ordinal);
        host = colon < 0 || isBareIpV6 || address.EndsWith(']') ? address : address[..colon];
        var hasPort = host.Length != address.Length;
        host = host.Trim('[', ']');
        return host.Length > 0
            && !host.AsSpan().ContainsAny(" /@")
            && (!hasPort || (ushort.TryParse(address.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) && port > 0));
    }
}
