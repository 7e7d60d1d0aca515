using System.Diagnostics;
using MtSockets.Bench.Linux;

namespace MtSockets.Bench.Load;

/// <summary>The one thread of a run: waits for readiness, lets each ready connection handle its frames, then lets the streams send.</summary>
internal sealed class EventLoop(CancellationToken cancelled) : IDisposable
{
    private const int ReceiveBufferSize = 256 * 1024;
    private const int WaitMilliseconds = 10;
    private const int TimerKey = -1;

    private readonly Epoll _epoll = new();
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(ReceiveBufferSize, pinned: true);
    private readonly List<Connection?> _connections = [];
    private IntervalTimer? _timer;

    /// <summary>Called after every round of events.</summary>
    public Action AfterEvents { get; set; } = static () => { };

    /// <summary>Called with the number of ticks that have passed.</summary>
    public Action<long> OnTicks { get; set; } = static _ => { };

    public int Add(Connection connection)
    {
        _connections.Add(connection);
        _epoll.Add(connection.Descriptor, _connections.Count - 1);
        return _connections.Count - 1;
    }

    public void Remove(Connection connection, int key)
    {
        _epoll.Remove(connection.Descriptor);
        _connections[key] = null;
    }

    public void WatchWrites(Connection connection, int key, bool watch) => _epoll.WatchWrites(connection.Descriptor, key, watch);

    public void StartTimer(TimeSpan interval)
    {
        _timer = new IntervalTimer(interval);
        _epoll.Add(_timer.Descriptor, TimerKey);
    }

    public void StopTimer()
    {
        if (_timer is null)
            return;
        _epoll.Remove(_timer.Descriptor);
        _timer.Dispose();
        _timer = null;
    }

    /// <summary>Runs until the condition holds (true) or the time is over (false).</summary>
    public bool Run(TimeSpan limit, Func<bool>? until = null)
    {
        var end = Stopwatch.GetTimestamp() + (long)(limit.TotalSeconds * Stopwatch.Frequency);
        while (true)
        {
            cancelled.ThrowIfCancellationRequested();
            if (until is not null && until())
                return true;
            if (Stopwatch.GetTimestamp() >= end)
                return false;
            Once();
        }
    }

    public void Dispose()
    {
        StopTimer();
        foreach (var connection in _connections.ToArray())
            connection?.Dispose();
        _epoll.Dispose();
    }

    private void Once()
    {
        var count = _epoll.Wait(WaitMilliseconds);
        for (var i = 0; i < count; i++)
        {
            var (key, canWrite) = _epoll.Event(i);
            if (key == TimerKey)
            {
                OnTicks(_timer?.TakeTicks() ?? 0);
                continue;
            }

            if (canWrite)
                _connections[key]?.OnWritable();
            _connections[key]?.OnReadable(_buffer);
        }

        AfterEvents();
    }
}
