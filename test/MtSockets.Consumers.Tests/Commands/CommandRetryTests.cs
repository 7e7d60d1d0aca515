using MassTransit;
using MtSockets.Consumers.Commands;
using MtSockets.Contracts.Commands;

namespace MtSockets.Consumers.Tests.Commands;

/// <summary>The consumers with two quick tries more, in the place of the half minute that production takes before it gives up.</summary>
public sealed class CommandRetryTests : CommandHarness
{
    [Fact]
    public async Task Consume_SendStaysUnavailable_IsAFaultAfterTheLastTry()
    {
        Commands.Answer = _ => new SendToUserResult(SendOutcome.Unavailable, "RabbitMQ cannot be reached now.");
        await Harness.Bus.Publish(new SendToUser("shop", "bob", "x"));
        Assert.True(await Harness.Published.Any<Fault<SendToUser>>());
        Assert.Equal(3, Commands.Calls.Count);
        var fault = Harness.Published.Select<Fault<SendToUser>>().First().Context.Message;
        Assert.Equal("RabbitMQ cannot be reached now.", Assert.Single(fault.Exceptions).Message);
    }

    [Fact]
    public async Task Consume_BroadcastStaysUnavailable_IsAFaultAfterTheLastTry()
    {
        Commands.Failure = _ => "down";
        await Harness.Bus.Publish(new Broadcast("shop", "x"));
        Assert.True(await Harness.Published.Any<Fault<Broadcast>>());
        Assert.Equal(3, Commands.Calls.Count);
    }

    [Fact]
    public async Task Consume_DisconnectStaysUnavailable_IsAFaultAfterTheLastTry()
    {
        Commands.Failure = _ => "down";
        await Harness.Bus.Publish(new DisconnectUser("bob"));
        Assert.True(await Harness.Published.Any<Fault<DisconnectUser>>());
        Assert.Equal(3, Commands.Calls.Count);
    }

    private protected override void Configure(IBusRegistrationContext context, IReceiveEndpointConfigurator endpoint)
    {
        endpoint.UseMessageRetry(retry =>
        {
            retry.Immediate(2);
            retry.Handle<CommandFailedException>();
        });
        endpoint.ConfigureConsumer<SendToUserConsumer>(context);
        endpoint.ConfigureConsumer<BroadcastConsumer>(context);
        endpoint.ConfigureConsumer<DisconnectUserConsumer>(context);
    }
}
