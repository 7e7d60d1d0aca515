using MassTransit;
using MtSockets.Contracts.Commands;

namespace MtSockets.Consumers.Commands;

/// <summary>Closes a user's connections on behalf of another service.</summary>
internal sealed class DisconnectUserConsumer(IUserCommands commands) : IConsumer<DisconnectUser>
{
    public async Task Consume(ConsumeContext<DisconnectUser> context)
    {
        if (await commands.DisconnectAsync(context.Message, context.CancellationToken) is { } failure)
            throw new CommandFailedException(failure);
    }
}
