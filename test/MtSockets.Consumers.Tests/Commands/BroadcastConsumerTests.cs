using MtSockets.Contracts.Commands;

namespace MtSockets.Consumers.Tests.Commands;

public sealed class BroadcastConsumerTests : CommandHarness
{
    [Fact]
    public async Task Consume_Broadcast_IsCarriedOut()
    {
        await Harness.Bus.Publish(new Broadcast("ops", "maintenance at noon"));
        Assert.True(await Harness.Consumed.Any<Broadcast>());
        var command = Assert.IsType<Broadcast>(Assert.Single(Commands.Calls));
        Assert.Equal(("ops", "maintenance at noon"), (command.From, command.Body.GetString()));
    }

    [Fact]
    public async Task Consume_CannotBeDoneForAMoment_IsTriedAgain()
    {
        Commands.Failure = call => call == 1 ? "RabbitMQ cannot be reached now." : null;
        await Harness.Bus.Publish(new Broadcast("ops", "x"));
        Assert.True(await Harness.Consumed.Any<Broadcast>(consumed => consumed.Exception is null));
        Assert.Equal(2, Commands.Calls.Count);
    }
}
