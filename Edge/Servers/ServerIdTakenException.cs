namespace MtSockets.Edge.Servers;

/// <summary>Another live server has this server's id.</summary>
internal sealed class ServerIdTakenException(string serverId)
    : Exception($"another live server has the SERVER_ID \"{serverId}\". Give each server its own.");
