using System.Net.Sockets;
using Microsoft.Extensions.Hosting;

namespace MtSockets.Infrastructure.Bus;

/// <summary>
/// Waits until RabbitMQ's port answers before MassTransit tries to connect. Left to itself MassTransit tries at growing
/// intervals of up to half a minute, so that after a long outage a broker that is back would stay unused for as long again.
/// </summary>
internal sealed class BrokerKnock(IHostApplicationLifetime application, TimeProvider time)
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public async Task WaitAsync(string host, int port)
    {
        while (!application.ApplicationStopping.IsCancellationRequested && !await AnswersAsync(host, port))
            await Task.Delay(Every, time, application.ApplicationStopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task<bool> AnswersAsync(string host, int port)
    {
        using var bound = new CancellationTokenSource(Patience);
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(host, port, bound.Token);
            return true;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return false;
        }
    }
}
