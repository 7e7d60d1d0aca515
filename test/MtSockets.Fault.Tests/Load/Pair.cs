using System.Collections.Concurrent;
using System.Diagnostics;
using MtSockets.Fault.Tests.Clients;

namespace MtSockets.Fault.Tests.Load;

/// <summary>One sender and one receiver. Messages are numbered by the sender, so that the receiver sees what is missing, doubled or late.</summary>
internal sealed class Pair : IAsyncDisposable
{
    private readonly ConcurrentDictionary<int, long> _firstSent = new();
    private readonly ConcurrentDictionary<int, long> _deliveredAt = new();
    private readonly ConcurrentDictionary<int, bool> _acknowledged = new();
    private readonly string _receiverId;
    private int _last = -1;
    private int _repeated;
    private int _outOfOrder;

    private Pair(IReadOnlyList<Uri> servers, string name, int index)
    {
        _receiverId = name + "-to";
        Sender = ReconnectingClient.Start(new ClientOptions { Servers = Rotated(servers, index), User = name + "-from" });
        Receiver = ReconnectingClient.Start(
            new ClientOptions { Servers = Rotated(servers, index + 1), User = _receiverId, OnMessage = Take });
    }

    /// <summary>The longest time from the first sending of a message to its arrival.</summary>
    public TimeSpan Slowest => TimeSpan.FromTicks(_deliveredAt
        .Select(entry => _firstSent.TryGetValue(entry.Key, out var sent) ? Stopwatch.GetElapsedTime(sent, entry.Value).Ticks : 0)
        .DefaultIfEmpty()
        .Max());

    public ReconnectingClient Sender { get; }

    public ReconnectingClient Receiver { get; }

    /// <summary>Completes when the sender has an ack for everything he sent.</summary>
    public Task Sending { get; private set; } = Task.CompletedTask;

    public int Sent => _firstSent.Count;

    public int Acknowledged => _acknowledged.Count;

    public int Delivered => _deliveredAt.Count;

    public int Repeated => Volatile.Read(ref _repeated);

    public int OutOfOrder => Volatile.Read(ref _outOfOrder);

    public int Lost => _acknowledged.Keys.Count(number => !_deliveredAt.ContainsKey(number));

    public static async Task<Pair> StartAsync(
        IReadOnlyList<Uri> servers, string name, int index, LoadOptions options, CancellationToken enough)
    {
        var pair = new Pair(servers, name, index);
        await TestKit.Eventually.TrueAsync(
            () => !pair.Sender.Wire.Welcomes.IsEmpty && !pair.Receiver.Wire.Welcomes.IsEmpty, $"{name} is connected", cancellationToken: enough);
        pair.Sending = pair.SendAsync(options, enough);
        return pair;
    }

    /// <summary>When a message arrived that was first sent after <paramref name="from"/>.</summary>
    public long? RecoveredAt(long from)
    {
        long? first = null;
        foreach (var (number, at) in _deliveredAt)
        {
            if (_firstSent.TryGetValue(number, out var sent) && sent >= from && (first is null || at < first))
                first = at;
        }

        return first;
    }

    public async ValueTask DisposeAsync()
    {
        await Sender.DisposeAsync();
        await Receiver.DisposeAsync();
        await Sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static IReadOnlyList<Uri> Rotated(IReadOnlyList<Uri> servers, int by) =>
        [.. Enumerable.Range(0, servers.Count).Select(i => servers[(i + by) % servers.Count])];

    private async Task SendAsync(LoadOptions options, CancellationToken enough)
    {
        using var window = new SemaphoreSlim(options.Window);
        using var pace = new PeriodicTimer(options.Pace);
        var underWay = new List<Task>();
        try
        {
            for (var number = 0; number < options.Messages && await pace.WaitForNextTickAsync(enough); number++)
            {
                await window.WaitAsync(enough);
                _firstSent[number] = Stopwatch.GetTimestamp();
                underWay.Add(SendOneAsync(number, window));
                underWay.RemoveAll(task => task.IsCompletedSuccessfully);
            }
        }
        catch (OperationCanceledException) when (enough.IsCancellationRequested)
        {
        }

        await Task.WhenAll(underWay);
    }

    private async Task SendOneAsync(int number, SemaphoreSlim window)
    {
        await Sender.SendAsync(_receiverId, number);
        _acknowledged[number] = true;
        window.Release();
    }

    private void Take(ReceivedMessage message)
    {
        var number = message.Body.GetInt32();
        if (!_deliveredAt.TryAdd(number, Stopwatch.GetTimestamp()))
            Interlocked.Increment(ref _repeated);
        else if (number < _last)
            Interlocked.Increment(ref _outOfOrder);
        _last = Math.Max(_last, number);
    }
}
