using MtSockets.Edge.Protocol;

namespace MtSockets.Edge.Sockets;

/// <summary>
/// A user who is connected to this server: his connections here, and the other servers that hold him too. Both are
/// arrays that are replaced as a whole, so that delivery reads them without a lock.
/// </summary>
internal sealed class LocalUser(string id)
{
    private readonly Lock _lock = new();
    private volatile Connection[] _connections = [];
    private volatile string[] _otherServers = [];
    private volatile bool _wasLeft;
    private bool _retired;

    public string Id { get; } = id;

    public Connection[] Connections => _connections;

    public string[] OtherServers => _otherServers;

    /// <summary>Registrations of this user follow one another: what connects waits for what disconnects.</summary>
    public SemaphoreSlim Registration { get; } = new(1);

    /// <summary>The registry has him entered for this server. Guarded by <see cref="Registration"/>.</summary>
    public bool IsRegistered { get; set; }

    /// <summary>
    /// No connection of his was here for a while, and another server that asked in it was told so: it has to be told of who comes now,
    /// also where the registry has him entered still.
    /// </summary>
    public bool WasLeft
    {
        get => _wasLeft;
        set => _wasLeft = value;
    }

    /// <summary>
    /// When the last route to him ends that may not name this server, and that was not given up: a timestamp. Whoever connects is answered
    /// after it, also where somebody else has entered the user. Guarded by <see cref="Registration"/>.
    /// </summary>
    public long RoutesLeasedUntil { get; set; }

    /// <summary>False where this entry has left the table meanwhile: take a new one.</summary>
    public bool TryAdd(Connection connection)
    {
        lock (_lock)
        {
            if (_retired)
                return false;
            _connections = [.. _connections, connection];
            return true;
        }
    }

    /// <summary>False where it was not here any more.</summary>
    public bool Remove(Connection connection)
    {
        lock (_lock)
        {
            var before = _connections.Length;
            _connections = Array.FindAll(_connections, other => other != connection);
            if (_connections.Length == 0)
                _wasLeft = true;
            return _connections.Length < before;
        }
    }

    /// <summary>Gives every connection of his here a message; false where none could take it.</summary>
    public bool TryDeliver(in MessageFrame frame)
    {
        var delivered = false;
        foreach (var connection in _connections)
            delivered |= connection.TryDeliver(frame);
        return delivered;
    }

    /// <summary>Ends this entry where no connection is left.</summary>
    public bool TryRetire()
    {
        lock (_lock)
            return _retired = _connections.Length == 0;
    }

    /// <summary>Gives a control frame to those of his connections here that know such.</summary>
    public void SendControl(ReadOnlySpan<byte> frame)
    {
        foreach (var connection in _connections)
            connection.SendControl(frame);
    }

    /// <summary>His log may have news: every connection of his looks.</summary>
    public void PokeAll()
    {
        foreach (var connection in _connections)
            connection.Session.Poke();
    }

    public void AddOtherServer(string server)
    {
        lock (_lock)
        {
            if (!_otherServers.Contains(server))
                _otherServers = [.. _otherServers, server];
        }
    }

    public void RemoveOtherServer(string server)
    {
        lock (_lock)
            _otherServers = Array.FindAll(_otherServers, other => other != server);
    }
}
