namespace MtSockets.Infrastructure;

/// <summary>Who this server is: its id, and the run of the process that carries it.</summary>
/// <param name="ServerId">The name under which other servers find it.</param>
/// <param name="Incarnation">New for each start of the process, so that two runs of one server can be told apart.</param>
internal sealed record ServerIdentity(string ServerId, string Incarnation)
{
    public static ServerIdentity Create(string serverId) => new(serverId, Guid.NewGuid().ToString("N")[..12]);
}
