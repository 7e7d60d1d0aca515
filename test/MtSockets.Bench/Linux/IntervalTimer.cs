namespace MtSockets.Bench.Linux;

/// <summary>A timerfd: ticks finer than the millisecond that epoll_wait can wait for.</summary>
internal sealed class IntervalTimer : IDisposable
{
    private readonly int _descriptor = Epoll.Checked(NativeMethods.TimerCreate(NativeMethods.ClockMonotonic, NativeMethods.NonBlocking));

    public IntervalTimer(TimeSpan interval)
    {
        var nanoseconds = (long)interval.TotalNanoseconds;
        var (seconds, rest) = Math.DivRem(nanoseconds, 1_000_000_000);
        Span<long> specification = [seconds, rest, seconds, rest];
        Epoll.Checked(NativeMethods.TimerSet(_descriptor, 0, ref specification[0], 0));
    }

    public int Descriptor => _descriptor;

    /// <summary>How many ticks have passed since the last call.</summary>
    public long TakeTicks()
    {
        ulong ticks = 0;
        return NativeMethods.Read(_descriptor, ref ticks, sizeof(ulong)) == sizeof(ulong) ? (long)ticks : 0;
    }

    public void Dispose() => _ = NativeMethods.Close(_descriptor);
}
