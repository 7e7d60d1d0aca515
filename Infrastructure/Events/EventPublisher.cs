using System.Diagnostics.Metrics;
using System.Threading.Channels;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MtSockets.Infrastructure.Bus;

namespace MtSockets.Infrastructure.Events;

/// <summary>Publishes events in the background, so that no connection waits for it. What RabbitMQ cannot take is dropped and counted.</summary>
internal sealed partial class EventPublisher : BackgroundService
{
    private readonly IBus _bus;
    private readonly IServerBus _serverBus;
    private readonly ILogger<EventPublisher> _logger;
    private readonly Counter<long> _published;
    private readonly Counter<long> _dropped;
    private readonly Channel<object> _events;
    private readonly TimeSpan _timeout;

    public EventPublisher(
        IBus bus,
        IServerBus serverBus,
        IOptions<EventOptions> options,
        IOptions<BusOptions> busOptions,
        IMeterFactory meters,
        ILogger<EventPublisher> logger)
    {
        _bus = bus;
        _serverBus = serverBus;
        _logger = logger;
        _timeout = TimeSpan.FromMilliseconds(busOptions.Value.PublishTimeoutMs);
        IsEnabled = options.Value.Enabled;
        var meter = meters.Create(BusMetrics.MeterName);
        _published = meter.CreateCounter<long>("mtsockets.events.published", "{event}", "Events published for other services.");
        _dropped = meter.CreateCounter<long>("mtsockets.events.dropped", "{event}", "Events dropped because RabbitMQ did not take them.");
        _events = Channel.CreateBounded<object>(
            new BoundedChannelOptions(options.Value.MaxWaiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
            _ => _dropped.Add(1));
    }

    public bool IsEnabled { get; }

    public void Publish(object @event)
    {
        if (IsEnabled)
            _events.Writer.TryWrite(@event);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var next in _events.Reader.ReadAllAsync(stoppingToken))
        {
            if (!_serverBus.IsUp)
            {
                _dropped.Add(1);
                continue;
            }

            try
            {
                using var bound = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
                bound.CancelAfter(_timeout);
                await _bus.Publish(next, bound.Token);
                _published.Add(1);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                throw;
            }
            catch (Exception e)
            {
                _dropped.Add(1);
                Log.Dropped(_logger, e.Message);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2031, LogLevel.Debug, "An event could not be published: {Reason}")]
        public static partial void Dropped(ILogger logger, string reason);
    }
}
