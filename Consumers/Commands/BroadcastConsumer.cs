using MassTransit;
using MtSockets.Contracts.Commands;

namespace MtSockets.Consumers.Commands;

/// <summary>Sends a message to everybody on behalf of another service.</summary>
internal sealed class BroadcastConsumer(IUserCommands commands) : IConsumer<Broadcast>
{
    public async Task Consume(ConsumeContext<Broadcast> context)
    {
        if (await commands.BroadcastAsync(context.Message, context.CancellationToken) is { } failure)
            throw new CommandFailedException(failure);
    }
}
