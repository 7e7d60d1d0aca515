using System.Net;
using System.Net.Sockets;

namespace MtSockets.TestKit.Brokers;

/// <summary>A network to a server that tests can cut and stall: listens on a free port of 127.0.0.1 and forwards to its target.</summary>
public sealed class TcpRelay : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly string _targetHost;
    private readonly int _targetPort;
    private readonly int _port = FreePort.Next();
    private readonly HashSet<RelayedConnection> _connections = [];
    private readonly List<Task> _running = [];
    private TaskCompletionSource _flow = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Socket? _listener;

    private TcpRelay(string target)
    {
        var colon = target.LastIndexOf(':');
        _targetHost = target[..colon];
        _targetPort = int.Parse(target.AsSpan(colon + 1), System.Globalization.CultureInfo.InvariantCulture);
        _flow.SetResult();
    }

    /// <summary>Where clients connect, instead of to the target.</summary>
    public string Address => $"127.0.0.1:{_port}";

    public RelayState State { get; private set; }

    /// <summary>Connections alive now.</summary>
    public int ConnectionCount
    {
        get
        {
            lock (_gate)
            {
                return _connections.Count;
            }
        }
    }

    /// <param name="target"><c>host:port</c>. Nothing has to listen there yet.</param>
    public static TcpRelay Start(string target)
    {
        var relay = new TcpRelay(target);
        relay.Listen();
        return relay;
    }

    /// <summary>Resets every connection and refuses new ones.</summary>
    public void Cut()
    {
        RelayedConnection[] connections;
        lock (_gate)
        {
            State = RelayState.Cut;
            _listener?.Dispose();
            _listener = null;
            connections = [.. _connections];
        }

        foreach (var connection in connections)
        {
            connection.Reset();
        }
    }

    /// <summary>Keeps every connection and lets no byte pass, in either direction. What was on its way is held, not lost.</summary>
    public void Stall()
    {
        lock (_gate)
        {
            if (State == RelayState.Open)
            {
                State = RelayState.Stalled;
                _flow = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }

    /// <summary>Ends a cut or a stall.</summary>
    public void Restore()
    {
        lock (_gate)
        {
            State = RelayState.Open;
            _flow.TrySetResult();
            if (_listener is null)
            {
                Listen();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        Cut();
        Task[] running;
        lock (_gate)
        {
            running = [.. _running];
        }

        await Task.WhenAll(running);
    }

    private void Listen()
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, _port));
        listener.Listen();
        lock (_gate)
        {
            _listener = listener;
            _running.Add(AcceptAsync(listener));
        }
    }

    private async Task AcceptAsync(Socket listener)
    {
        while (true)
        {
            Socket client;
            try
            {
                client = await listener.AcceptAsync();
            }
            catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
            {
                return;
            }

            var connection = new RelayedConnection(client, Flow);
            lock (_gate)
            {
                _connections.Add(connection);
                _running.RemoveAll(task => task.IsCompleted);
                _running.Add(RunAsync(connection));
                if (_listener != listener)
                {
                    connection.Reset(); // cut between accepting and adding
                }
            }
        }
    }

    private async Task RunAsync(RelayedConnection connection)
    {
        await Task.Yield(); // out of the lock that it is started under
        try
        {
            await connection.RunAsync(_targetHost, _targetPort);
        }
        finally
        {
            lock (_gate)
            {
                _connections.Remove(connection);
            }

            connection.Dispose();
        }
    }

    private Task Flow()
    {
        lock (_gate)
        {
            return _flow.Task;
        }
    }
}
