namespace MtSockets.Bench.Linux;

/// <summary>The number of descriptors this process, and every process it starts, may open.</summary>
internal static class OpenFileLimit
{
    /// <summary>Raises the limit where that is allowed; throws with what to do where it is not.</summary>
    public static void Require(int descriptors)
    {
        Span<ulong> limit = stackalloc ulong[2];
        Epoll.Checked(NativeMethods.GetLimit(NativeMethods.LimitOpenFiles, ref limit[0]));
        if (limit[0] >= (ulong)descriptors)
            return;

        Span<ulong> wanted = [(ulong)descriptors, Math.Max(limit[1], (ulong)descriptors)];
        if (NativeMethods.SetLimit(NativeMethods.LimitOpenFiles, ref wanted[0]) != 0)
            throw new InvalidOperationException(
                $"This needs {descriptors} open files for each process and the limit is {limit[1]}: run `ulimit -n {descriptors}` as root first, "
                + "or leave out the scenarios `idle` and `connections`.");
    }
}
