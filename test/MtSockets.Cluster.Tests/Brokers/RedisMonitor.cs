using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;

namespace MtSockets.Cluster.Tests.Brokers;

/// <summary>Sees every command that Redis gets (MONITOR), until a marker of its own.</summary>
public sealed class RedisMonitor : IAsyncDisposable
{
    private readonly TcpClient _monitor = new();
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly string _address;
    private Task _reading = Task.CompletedTask;

    private RedisMonitor(string address) => _address = address;

    public static async Task<RedisMonitor> StartAsync(string address)
    {
        var monitor = new RedisMonitor(address);
        var colon = address.LastIndexOf(':');
        await monitor._monitor.ConnectAsync(address[..colon], int.Parse(address.AsSpan(colon + 1), System.Globalization.CultureInfo.InvariantCulture));
        await monitor._monitor.GetStream().WriteAsync("MONITOR\r\n"u8.ToArray());
        monitor._reading = monitor.ReadAsync();
        var answer = await monitor._lines.Reader.ReadAsync();
        return answer == "+OK" ? monitor : throw new InvalidOperationException(answer);
    }

    /// <summary>All commands since the start or the last call.</summary>
    public async Task<IReadOnlyList<string>> CommandsAsync()
    {
        var marker = $"marker-{Guid.NewGuid():N}";
        await using (var redis = await RedisView.OpenAsync(_address))
            await redis.ExistsAsync(marker);
        var commands = new List<string>();
        await foreach (var line in _lines.Reader.ReadAllAsync())
        {
            if (line.Contains(marker, StringComparison.Ordinal))
                return commands;
            commands.Add(line);
        }

        throw new InvalidOperationException("Redis has ended.");
    }

    public async ValueTask DisposeAsync()
    {
        _monitor.Dispose();
        await _reading;
    }

    private async Task ReadAsync()
    {
        try
        {
            using var reader = new StreamReader(_monitor.GetStream(), Encoding.UTF8);
            while (await reader.ReadLineAsync() is { } line)
                _lines.Writer.TryWrite(line);
        }
        catch (Exception ended) when (ended is IOException or ObjectDisposedException)
        {
        }

        _lines.Writer.TryComplete();
    }
}
