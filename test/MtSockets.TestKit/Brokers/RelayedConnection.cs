using System.Net.Sockets;

namespace MtSockets.TestKit.Brokers;

/// <summary>One client's connection through a <see cref="TcpRelay"/>, and the one to the target that belongs to it.</summary>
internal sealed class RelayedConnection(Socket client, Func<Task> flow) : IDisposable
{
    private readonly Socket _target = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly CancellationTokenSource _ended = new();

    public async Task RunAsync(string host, int port)
    {
        try
        {
            client.NoDelay = true;
            await _target.ConnectAsync(host, port, _ended.Token);
            await Task.WhenAll(PumpAsync(client, _target), PumpAsync(_target, client));
        }
        catch (Exception gone) when (gone is SocketException or OperationCanceledException)
        {
            // Nobody listens at the target, one side has gone, or the relay was cut. What is not an orderly end is passed on as a reset.
            client.LingerState = _target.LingerState = new LingerOption(enable: true, seconds: 0);
        }
    }

    public void Reset()
    {
        try
        {
            _ended.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has just ended by itself.
        }
    }

    public void Dispose()
    {
        client.Dispose();
        _target.Dispose();
        _ended.Dispose();
    }

    private async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            int read;
            while ((read = await from.ReceiveAsync(buffer, _ended.Token)) > 0)
            {
                await flow().WaitAsync(_ended.Token);
                await SendAllAsync(to, buffer.AsMemory(0, read));
            }

            await flow().WaitAsync(_ended.Token);
            to.Shutdown(SocketShutdown.Send);
        }
        catch
        {
            await _ended.CancelAsync(); // the other direction ends too
            throw;
        }
    }

    private async Task SendAllAsync(Socket to, ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[await to.SendAsync(bytes, _ended.Token)..];
        }
    }
}
