using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace MtSockets.Edge.Transport;

/// <summary>
/// One thread that waits for its share of the sockets and goes on with each where it is: what comes is read, handled and answered
/// without another thread being woken. So nothing that blocks may run on it.
/// </summary>
internal sealed class SocketLoop
{
    [ThreadStatic]
    private static bool _isHere;

    private readonly Epoll _epoll = new();
    private readonly Lock _lock = new();
    private readonly Stack<int> _free = [];
    private volatile LoopConnection?[] _connections = new LoopConnection?[64];
    private int _used;
    private uint _generation;

    // Without what flows with whoever happens to be the first to need it.
    public SocketLoop(string name) => new Thread(Run) { IsBackground = true, Name = name }.UnsafeStart();

    /// <summary>Whether this thread is a loop.</summary>
    public static bool IsHere => _isHere;

    /// <summary>Begins to tell the connection what its socket is ready for.</summary>
    public void Add(LoopConnection connection, SafeSocketHandle socket)
    {
        lock (_lock)
        {
            var place = TakePlace();
            // The place alone will not do: an event of the one who had it before may still be on its way.
            connection.Key = ((long)++_generation << 32) | (uint)place;
            _connections[place] = connection;
        }

        _epoll.Add(socket, connection.Key);
    }

    /// <summary>For a connection whose socket is closed.</summary>
    public void Remove(LoopConnection connection)
    {
        var place = (int)connection.Key;
        lock (_lock)
        {
            if (_connections[place] != connection)
                return;
            _connections[place] = null;
            _free.Push(place);
        }
    }

    private int TakePlace()
    {
        if (_free.TryPop(out var place))
            return place;
        if (_used == _connections.Length)
        {
            var larger = new LoopConnection?[_used * 2];
            _connections.CopyTo(larger, 0);
            _connections = larger;
        }

        return _used++;
    }

    private void Run()
    {
        _isHere = true;
        while (true)
        {
            var count = _epoll.Wait();
            Deferred.Begin();
            for (var i = 0; i < count; i++)
            {
                var (key, readiness) = _epoll.Event(i);
                if (_connections[(int)key] is { } connection && connection.Key == key)
                    Tell(connection, readiness);
            }

            Deferred.End();
        }
    }

    private static void Tell(LoopConnection connection, Readiness readiness)
    {
        try
        {
            connection.OnReady(readiness);
        }
        catch (Exception e)
        {
            // Whatever it was, it was this one's: the others of the loop go on.
            connection.Abort(new ConnectionAbortedException(e.Message, e));
        }
    }
}
