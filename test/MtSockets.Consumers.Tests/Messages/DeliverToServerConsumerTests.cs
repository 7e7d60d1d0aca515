using System.Text;
using MassTransit;
using MassTransit.Testing;
using Microsoft.Extensions.DependencyInjection;
using MtSockets.Consumers.Messages;
using MtSockets.Consumers.Tests.Fakes;
using MtSockets.Contracts.Bus;

namespace MtSockets.Consumers.Tests.Messages;

public sealed class DeliverToServerConsumerTests : IAsyncLifetime
{
    private const string Queue = "server.me.run";

    private readonly FakeServerDelivery _delivery = new();
    private readonly ServiceProvider _services;
    private readonly ITestHarness _harness;

    public DeliverToServerConsumerTests()
    {
        _services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<IServerDelivery>(_delivery)
            .AddMassTransitTestHarness(registration =>
            {
                registration.AddConsumer<DeliverToServerConsumer>();
                registration.UsingInMemory((context, bus) => bus.ReceiveEndpoint(Queue, endpoint =>
                {
                    endpoint.ConcurrentMessageLimit = 1;
                    ConsumerRegistration.ServerQueue(context, endpoint);
                }));
            })
            .BuildServiceProvider(validateScopes: true);
        _harness = _services.GetRequiredService<ITestHarness>();
    }

    public Task InitializeAsync() => _harness.Start();

    public async Task DisposeAsync() => await _services.DisposeAsync();

    [Fact]
    public async Task Consume_Batches_AreHandedOnAsTheyAreAndInOrder()
    {
        for (var i = 0; i < 20; i++)
            await SendAsync("other", $$"""{"n":{{i}},"body":"ü 👋 \u0000"}""");
        Assert.True(await ConsumedAsync("\"n\":19"));
        Assert.Equal(
            Enumerable.Range(0, 20).Select(i => $$$"""other: [{"user":"bob","frame":{"n":{{{i}}},"body":"ü 👋 \u0000"}}]"""),
            _delivery.Calls);
    }

    [Fact]
    public async Task Consume_NoMessages_IsThePlainForm()
    {
        var endpoint = await _harness.Bus.GetSendEndpoint(new Uri("queue:" + Queue));
        await endpoint.Send(new DeliverToServer(null!, null!));
        Assert.True(await _harness.Consumed.Any<DeliverToServer>());
        Assert.StartsWith("plain: {", Assert.Single(_delivery.Calls), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Consume_NoOrigin_IsHandedOnWithout()
    {
        await SendAsync(null!, "{}");
        Assert.True(await _harness.Consumed.Any<DeliverToServer>());
        Assert.Equal(""": [{"user":"bob","frame":{}}]""", Assert.Single(_delivery.Calls));
    }

    /// <summary>What came before the fault in the batch was delivered, so it must not come again.</summary>
    [Fact]
    public async Task Consume_CannotBeRead_IsAFaultAndNotRepeated()
    {
        await SendAsync("other", $$"""{"x":"{{FakeServerDelivery.Unreadable}}"}""");
        await SendAsync("other", """{"x":"next"}""");
        Assert.True(await _harness.Published.Any<Fault<DeliverToServer>>());
        Assert.True(await ConsumedAsync("next"));
        Assert.Equal(2, _delivery.Calls.Count);
    }

    private Task<bool> ConsumedAsync(string part) => _harness.Consumed.Any<DeliverToServer>(
        consumed => Encoding.UTF8.GetString(consumed.Context.Message.Messages.Json.Span).Contains(part, StringComparison.Ordinal));

    private async Task SendAsync(string origin, string frame)
    {
        var endpoint = await _harness.Bus.GetSendEndpoint(new Uri("queue:" + Queue));
        await endpoint.Send(new DeliverToServer(
            origin, MessageBatch.Of(new ServerMessage(ServerMessageKind.Deliver, "bob", Encoding.UTF8.GetBytes(frame)))));
    }
}
