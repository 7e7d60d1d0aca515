using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;
using MtSockets.Edge.Sockets;

namespace MtSockets.Edge.Transport;

/// <summary>
/// Kestrel's sockets on loops of our own. Kestrel's own transport asks .NET's thread pool to go on with each socket that became ready; where a
/// message is a read and a write of a hundred bytes, waking a thread for it costs more than all the rest.
/// </summary>
internal sealed class LoopTransport(IOptions<SocketOptions> options, ILogger<LoopTransport> logger)
    : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    // Not in the constructor: Kestrel makes it before the settings have been checked.
    private int Loops => options.Value.EventLoops < 0 ? Environment.ProcessorCount : options.Value.EventLoops;

    // What it does not take is left to Kestrel's own transport.
    public bool CanBind(EndPoint endpoint) => OperatingSystem.IsLinux() && Loops > 0 && endpoint is IPEndPoint;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<IConnectionListener>(new LoopListener(endpoint, SocketLoops.Take(Loops), OpenFiles.ForClients, logger));
}
