using Microsoft.Extensions.ObjectPool;
using MtSockets.Edge.Routing;

namespace MtSockets.Edge.Sockets;

/// <summary>Only a connection that is just being read needs one; an idle one holds none.</summary>
internal sealed class InboundFramesPolicy(Router router) : PooledObjectPolicy<InboundFrames>
{
    public override InboundFrames Create() => new(router);

    public override bool Return(InboundFrames obj) => obj.Reset();
}
