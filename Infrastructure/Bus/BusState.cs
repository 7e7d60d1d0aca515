using MassTransit;
using Microsoft.Extensions.Logging;

namespace MtSockets.Infrastructure.Bus;

/// <summary>
/// Whether this server's queue stands, as MassTransit's receive endpoint tells it. Logs one line at each change, not one
/// for each message that fails meanwhile.
/// </summary>
internal sealed partial class BusState(ServerIdentity identity, ILogger<BusState> logger) : IReceiveEndpointObserver, IRecoverable
{
    private volatile bool _up;

    /// <summary>The queue stands again after it did not: what was published meanwhile never came.</summary>
    public event Action? Restored;

    public bool IsUp => _up;

    public Task Ready(ReceiveEndpointReady ready)
    {
        if (!IsServerQueue(ready.InputAddress) || _up)
            return Task.CompletedTask;
        _up = true;
        Log.Up(logger);
        Restored?.Invoke();
        return Task.CompletedTask;
    }

    public Task Stopping(ReceiveEndpointStopping stopping) => Task.CompletedTask;

    /// <summary>The consumer has ended: with its connection, or in a shutdown.</summary>
    public Task Completed(ReceiveEndpointCompleted completed)
    {
        SetDown(completed.InputAddress, "the connection was closed");
        return Task.CompletedTask;
    }

    public Task Faulted(ReceiveEndpointFaulted faulted)
    {
        SetDown(faulted.InputAddress, faulted.Exception?.GetBaseException().Message ?? "the connection failed");
        return Task.CompletedTask;
    }

    private void SetDown(Uri address, string reason)
    {
        if (!IsServerQueue(address) || !_up)
            return;
        _up = false;
        Log.Down(logger, reason);
    }

    // By what is in the name of that queue alone: whatever else is in an address, the virtual host for one, people name as they like.
    private bool IsServerQueue(Uri address) => address.OriginalString.Contains(identity.Incarnation, StringComparison.Ordinal);

    private static partial class Log
    {
        [LoggerMessage(2011, LogLevel.Information, "The bus is up: this server's queue stands")]
        public static partial void Up(ILogger logger);

        [LoggerMessage(2012, LogLevel.Warning, "The connection to RabbitMQ was lost ({Reason}); reconnecting")]
        public static partial void Down(ILogger logger, string reason);
    }
}
