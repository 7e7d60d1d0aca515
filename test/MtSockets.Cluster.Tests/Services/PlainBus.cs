using System.Globalization;
using System.Threading.Channels;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MtSockets.Contracts.Commands;
using MtSockets.Contracts.Events;

namespace MtSockets.Cluster.Tests.Services;

/// <summary>Another .NET service: MassTransit as it comes, and the contracts. Keeps the events it gets.</summary>
public sealed class PlainBus : IAsyncDisposable
{
    private readonly IHost _host;

    private PlainBus(IHost host, ChannelReader<object> events) => (_host, Events) = (host, events);

    public ChannelReader<object> Events { get; }

    public IBus Bus => _host.Services.GetRequiredService<IBus>();

    public static async Task<PlainBus> StartAsync(string rabbitMq)
    {
        var colon = rabbitMq.LastIndexOf(':');
        var events = Channel.CreateUnbounded<object>();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(events.Writer);
        builder.Services.Configure<MassTransitHostOptions>(options => options.WaitUntilStarted = true);
        builder.Services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.AddConsumer<EventCollector>();
            bus.AddRequestClient<SendToUser>(RequestTimeout.After(s: 20));
            bus.UsingRabbitMq((context, configuration) =>
            {
                configuration.Host(rabbitMq[..colon], ushort.Parse(rabbitMq.AsSpan(colon + 1), CultureInfo.InvariantCulture), "/", _ => { });
                configuration.ReceiveEndpoint(new TemporaryEndpointDefinition("events"), endpoint => endpoint.ConfigureConsumer<EventCollector>(context));
            });
        });
        var host = builder.Build();
        await host.StartAsync();
        return new PlainBus(host, events.Reader);
    }

    public async Task<SendToUserResult> RequestAsync(SendToUser command)
    {
        using var scope = _host.Services.CreateScope();
        var client = scope.ServiceProvider.GetRequiredService<IRequestClient<SendToUser>>();
        return (await client.GetResponse<SendToUserResult>(command)).Message;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    private sealed class EventCollector(ChannelWriter<object> events) :
        IConsumer<UserConnected>, IConsumer<UserDisconnected>, IConsumer<UserOnline>, IConsumer<UserOffline>, IConsumer<MessageStored>
    {
        public Task Consume(ConsumeContext<UserConnected> context) => Take(context.Message);

        public Task Consume(ConsumeContext<UserDisconnected> context) => Take(context.Message);

        public Task Consume(ConsumeContext<UserOnline> context) => Take(context.Message);

        public Task Consume(ConsumeContext<UserOffline> context) => Take(context.Message);

        public Task Consume(ConsumeContext<MessageStored> context) => Take(context.Message);

        private Task Take(object message) => events.WriteAsync(message).AsTask();
    }
}
