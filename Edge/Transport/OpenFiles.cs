namespace MtSockets.Edge.Transport;

/// <summary>
/// How many files the clients' sockets may take. The rest is the server's own: .NET needs two for each thread that it begins, and ends the
/// process where it does not get them.
/// </summary>
internal static class OpenFiles
{
    private const int MostReserved = 256;

    /// <summary>The number of the first file that no client may have. A new file gets the lowest number that is free.</summary>
    public static int ForClients()
    {
        Span<ulong> limits = stackalloc ulong[2];
        if (NativeMethods.GetLimit(NativeMethods.OpenFiles, ref limits[0]) != 0)
            return int.MaxValue;
        var limit = (int)Math.Min(limits[0], int.MaxValue);
        return limit - Math.Min(MostReserved, limit / 8);
    }
}
