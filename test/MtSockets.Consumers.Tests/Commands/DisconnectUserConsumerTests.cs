using MtSockets.Contracts.Commands;

namespace MtSockets.Consumers.Tests.Commands;

public sealed class DisconnectUserConsumerTests : CommandHarness
{
    [Theory]
    [InlineData(null)]
    [InlineData("signed out")]
    public async Task Consume_Disconnect_IsCarriedOut(string? reason)
    {
        await Harness.Bus.Publish(new DisconnectUser("bob", reason));
        Assert.True(await Harness.Consumed.Any<DisconnectUser>());
        Assert.Equal(new DisconnectUser("bob", reason), Assert.Single(Commands.Calls));
    }

    [Fact]
    public async Task Consume_CannotBeDoneForAMoment_IsTriedAgain()
    {
        Commands.Failure = call => call == 1 ? "Redis cannot be reached now." : null;
        await Harness.Bus.Publish(new DisconnectUser("bob"));
        Assert.True(await Harness.Consumed.Any<DisconnectUser>(consumed => consumed.Exception is null));
        Assert.Equal(2, Commands.Calls.Count);
    }
}
