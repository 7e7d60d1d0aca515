using MassTransit;
using MtSockets.Contracts.Commands;

namespace MtSockets.Consumers.Commands;

/// <summary>Sends a message on behalf of another service, and answers where an answer is awaited.</summary>
internal sealed class SendToUserConsumer(IUserCommands commands) : IConsumer<SendToUser>
{
    public async Task Consume(ConsumeContext<SendToUser> context)
    {
        var result = await commands.SendAsync(context.Message, context.CancellationToken);
        if (context.ResponseAddress is not null)
            await context.RespondAsync(result);
        else if (result.Outcome == SendOutcome.Rejected)
            throw new CommandRejectedException(result.Message ?? "The message is wrong.");
        else if (result.Outcome == SendOutcome.Unavailable)
            throw new CommandFailedException(result.Message ?? "The message cannot be sent.");
    }
}
