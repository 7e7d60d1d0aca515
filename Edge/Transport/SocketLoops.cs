namespace MtSockets.Edge.Transport;

/// <summary>The loops of this process. They outlive each server in it: a thread that waits for nothing costs nothing.</summary>
internal static class SocketLoops
{
    private static readonly Lock Creating = new();
    private static SocketLoop[] _loops = [];

    /// <summary>The first <paramref name="count"/> loops.</summary>
    public static SocketLoop[] Take(int count)
    {
        lock (Creating)
        {
            if (_loops.Length < count)
                _loops = [.. _loops, .. Enumerable.Range(_loops.Length, count - _loops.Length).Select(i => new SocketLoop($"sockets {i}"))];
            return _loops[..count];
        }
    }
}
