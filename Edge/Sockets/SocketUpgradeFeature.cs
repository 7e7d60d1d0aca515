using Microsoft.AspNetCore.Http.Features;

namespace MtSockets.Edge.Sockets;

/// <summary>
/// Lays a <see cref="SocketStream"/> under the WebSocket that ASP.NET Core makes of a request, so that the handshake stays
/// the framework's while reading and writing are ours.
/// </summary>
internal sealed class SocketUpgradeFeature(IHttpUpgradeFeature inner, TimeProvider time) : IHttpUpgradeFeature
{
    public bool IsUpgradableRequest => inner.IsUpgradableRequest;

    /// <summary>Where writes go; to be set before the socket is accepted.</summary>
    public SendQueue? Queue { get; set; }

    /// <summary>There once the socket is accepted.</summary>
    public SocketStream? Stream { get; private set; }

    public async Task<Stream> UpgradeAsync()
    {
        var queue = Queue ?? throw new InvalidOperationException("The send queue must be set before the upgrade.");
        return Stream = new SocketStream(await inner.UpgradeAsync(), queue, time);
    }
}
