using System.Net;
using System.Net.Sockets;

namespace MtSockets.TestKit;

/// <summary>Ports that nobody listens on, each handed out once in a test process.</summary>
/// <remarks>
/// They come from below the range out of which operating systems take the ports of outgoing connections (32768 and up on Linux).
/// A broker that is killed therefore finds its port free again when it restarts, however many connections were opened meanwhile.
/// </remarks>
public static class FreePort
{
    private const int First = 20_000;
    private const int End = 32_000;

    private static readonly Lock Gate = new();
    private static readonly HashSet<int> HandedOut = [];

    public static int Next()
    {
        lock (Gate)
        {
            for (var attempt = 0; attempt < 1_000; attempt++)
            {
                var port = Random.Shared.Next(First, End);
                if (!HandedOut.Contains(port) && IsFree(port))
                {
                    HandedOut.Add(port);
                    return port;
                }
            }
        }

        throw new InvalidOperationException($"No free port found between {First} and {End}.");
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Any, port));
            socket.Listen();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
