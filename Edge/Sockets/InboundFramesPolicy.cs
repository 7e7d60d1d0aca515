using Microsoft.Extensions.ObjectPool;

namespace MtSockets.Edge.Sockets;

/// <summary>Only a connection that is just being read needs one; an idle one holds none.</summary>
internal sealed class InboundFramesPolicy(InboundContext context) : PooledObjectPolicy<InboundFrames>
{
    public override InboundFrames Create() => new(context);

    public override bool Return(InboundFrames obj) => obj.Reset();
}
