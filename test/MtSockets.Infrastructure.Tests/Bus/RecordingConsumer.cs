using MassTransit;
using MtSockets.Contracts.Bus;

namespace MtSockets.Infrastructure.Tests.Bus;

/// <summary>Writes down what comes on a server's own queue.</summary>
internal sealed class RecordingConsumer(ReceivedMessages received) : IConsumer<DeliverToServer>
{
    public Task Consume(ConsumeContext<DeliverToServer> context)
    {
        received.Take(context.Message, context.ReceiveContext.Body.GetBytes());
        return Task.CompletedTask;
    }
}
