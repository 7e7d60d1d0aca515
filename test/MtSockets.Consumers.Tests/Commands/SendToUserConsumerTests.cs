using System.Text.Json;
using MassTransit;
using MtSockets.Contracts.Commands;

namespace MtSockets.Consumers.Tests.Commands;

public sealed class SendToUserConsumerTests : CommandHarness
{
    [Fact]
    public async Task Consume_Published_IsCarriedOutAndNothingIsAnswered()
    {
        await Harness.Bus.Publish(new SendToUser("shop", "bob", "your order is on its way"));
        Assert.True(await Harness.Consumed.Any<SendToUser>());

        var command = Assert.IsType<SendToUser>(Assert.Single(Commands.Calls));
        Assert.Equal(("shop", "bob", "your order is on its way"), (command.From, command.To, command.Body.GetString()));
        Assert.False(Harness.Sent.Select<SendToUserResult>(new CancellationToken(canceled: true)).Any());
    }

    [Theory]
    [InlineData("""{"deep":[1,2.50,null,{"x":"👋"}]}""")]
    [InlineData("null")]
    [InlineData("1e400")]
    [InlineData("\"\\u0000\"")]
    public async Task Consume_AnyJsonBody_ComesAsItWas(string body)
    {
        using var json = JsonDocument.Parse(body);
        await Harness.Bus.Publish(new SendToUser("shop", "bob", json.RootElement));
        Assert.True(await Harness.Consumed.Any<SendToUser>());
        Assert.True(JsonElement.DeepEquals(json.RootElement, Assert.IsType<SendToUser>(Assert.Single(Commands.Calls)).Body));
    }

    [Theory]
    [InlineData(SendOutcome.Sent, null)]
    [InlineData(SendOutcome.Stored, null)]
    [InlineData(SendOutcome.Unavailable, "Redis cannot be reached now.")]
    [InlineData(SendOutcome.Rejected, "\"to\" must not be empty.")]
    public async Task Consume_Request_IsAnsweredWithTheOutcomeAndDoneOnce(SendOutcome outcome, string? message)
    {
        Commands.Answer = _ => new SendToUserResult(outcome, message);
        var response = await Harness.GetRequestClient<SendToUser>().GetResponse<SendToUserResult>(new SendToUser("shop", "bob", "x"));
        Assert.Equal(new SendToUserResult(outcome, message), response.Message);
        Assert.Single(Commands.Calls);
    }

    [Fact]
    public async Task Consume_UnavailableForAMoment_IsTriedAgainUntilItIsDone()
    {
        Commands.Answer = call => new SendToUserResult(call < 3 ? SendOutcome.Unavailable : SendOutcome.Sent);
        await Harness.Bus.Publish(new SendToUser("shop", "bob", "x"));
        Assert.True(await Harness.Consumed.Any<SendToUser>(consumed => consumed.Exception is null));
        Assert.Equal(3, Commands.Calls.Count);
    }

    /// <summary>The command itself is wrong: no repetition can mend it.</summary>
    [Fact]
    public async Task Consume_RejectedWithoutAnybodyToAnswer_IsAFaultAtOnce()
    {
        Commands.Answer = _ => new SendToUserResult(SendOutcome.Rejected, "\"to\" must not be empty.");
        await Harness.Bus.Publish(new SendToUser("shop", "", "x"));
        Assert.True(await Harness.Published.Any<Fault<SendToUser>>());
        Assert.Single(Commands.Calls);
        var fault = Harness.Published.Select<Fault<SendToUser>>().First().Context.Message;
        Assert.Equal("\"to\" must not be empty.", Assert.Single(fault.Exceptions).Message);
    }

    [Fact]
    public async Task Consume_OneFails_TheNextIsCarriedOut()
    {
        Commands.Answer = call => new SendToUserResult(call == 1 ? SendOutcome.Rejected : SendOutcome.Sent);
        await Harness.Bus.Publish(new SendToUser("shop", "", "x"));
        Assert.True(await Harness.Published.Any<Fault<SendToUser>>());
        await Harness.Bus.Publish(new SendToUser("shop", "bob", "x"));
        Assert.True(await Harness.Consumed.Any<SendToUser>(consumed => consumed.Context.Message.To == "bob" && consumed.Exception is null));
    }
}
