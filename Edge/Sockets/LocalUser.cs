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
    private bool _retired;

    public string Id { get; } = id;

    public Connection[] Connections => _connections;

    public string[] OtherServers => _otherServers;

    /// <summary>Registrations of this user follow one another: what connects waits for what disconnects.</summary>
    public SemaphoreSlim Registration { get; } = new(1);

    /// <summary>The registry has him entered for this server. Guarded by <see cref="Registration"/>.</summary>
    public bool IsRegistered { get; set; }

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

    public void Remove(Connection connection)
    {
        lock (_lock)
            _connections = Array.FindAll(_connections, other => other != connection);
    }

    /// <summary>Ends this entry where no connection is left.</summary>
    public bool TryRetire()
    {
        lock (_lock)
            return _retired = _connections.Length == 0;
    }

    /// <summary>His log may have news: every connection of his looks.</summary>
    public void PokeAll()
    {
        foreach (var connection in _connections)
            connection.Session.Poke();
    }

    public void SetOtherServers(IEnumerable<string> servers)
    {
        lock (_lock)
            _otherServers = [.. servers];
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
