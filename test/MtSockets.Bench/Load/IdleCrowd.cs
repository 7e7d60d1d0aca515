using System.Diagnostics;
using System.Net;

namespace MtSockets.Bench.Load;

/// <summary>Many connections that do nothing, opened a bounded number at a time.</summary>
internal sealed class IdleCrowd(IPEndPoint server, string userPrefix, CancellationToken cancelled) : IDisposable
{
    /// <summary>Upgrades under way at once: far below Kestrel's backlog of 512, so that no SYN is ever dropped.</summary>
    private const int ConnectsInFlight = 128;

    private const int SourceAddresses = 8;

    private readonly EventLoop _loop = new(cancelled);
    private int _started;
    private int _opened;

    public FaultLog Faults { get; } = new();

    public int Opened => _opened;

    public IEnumerable<string> Users(int from, int to) => Enumerable.Range(from, to - from).Select(UserId);

    /// <summary>Grows to so many connections; gives the time it took.</summary>
    public TimeSpan GrowTo(int count, TimeSpan limit)
    {
        var began = Stopwatch.GetTimestamp();
        _loop.AfterEvents = () => StartMore(count);
        StartMore(count);
        var done = _loop.Run(limit, () => _opened >= count || Faults.Any);
        _loop.AfterEvents = static () => { };
        if (!done || Faults.Any)
            throw new InvalidOperationException($"Only {_opened} of {count} connections were taken: {Faults}");
        return Stopwatch.GetElapsedTime(began);
    }

    /// <summary>Answers pings for a while, or until the condition holds.</summary>
    public bool Stay(TimeSpan time, Func<bool>? until = null) => _loop.Run(time, until);

    public void Dispose() => _loop.Dispose();

    private void StartMore(int count)
    {
        for (; _started < count && _started - _opened < ConnectsInFlight; _started++)
        {
            var source = new IPAddress([127, 0, 0, (byte)(2 + _started % SourceAddresses)]);
            new IdleConnection(UserId(_started), Faults, () => _opened++).Start(_loop, server, source);
        }
    }

    private string UserId(int index) => $"{userPrefix}{index:d6}";
}
