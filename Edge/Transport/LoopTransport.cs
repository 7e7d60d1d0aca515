using System.Net;
using Microsoft.AspNetCore.Connections;

namespace MtSockets.Edge.Transport;

/// <summary>
/// Kestrel's sockets on loops of our own. Kestrel's own transport asks .NET's thread pool to go on with each socket that became ready; where a
/// message is a read and a write of a hundred bytes, waking a thread for it costs more than all the rest.
/// </summary>
internal sealed class LoopTransport(int loops) : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    public static bool IsSupported => OperatingSystem.IsLinux();

    public bool CanBind(EndPoint endpoint) => endpoint is IPEndPoint;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<IConnectionListener>(new LoopListener(endpoint, SocketLoops.Take(loops)));
}
