using MassTransit;

namespace MtSockets.Infrastructure.Tests.Fakes;

/// <summary>A receive endpoint says that it stands.</summary>
internal sealed class ReadyEndpoint(Uri address) : ReceiveEndpointReady
{
    public Uri InputAddress => address;

    public IReceiveEndpoint ReceiveEndpoint => throw new NotSupportedException();

    public bool IsStarted => true;
}
