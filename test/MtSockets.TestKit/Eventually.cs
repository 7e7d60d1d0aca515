using System.Diagnostics;

namespace MtSockets.TestKit;

/// <summary>Waits for a condition, with a bound: what tests use where others sleep.</summary>
public static class Eventually
{
    private static readonly TimeSpan DefaultBound = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    /// <param name="condition">Looked at every 10 ms until it is true.</param>
    /// <param name="description">What is waited for; the message of the <see cref="TimeoutException"/>.</param>
    /// <param name="within">The bound, 10 s by default.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    public static Task TrueAsync(
        Func<bool> condition, string description, TimeSpan? within = null, CancellationToken cancellationToken = default) =>
        TrueAsync(() => Task.FromResult(condition()), description, within, cancellationToken);

    /// <inheritdoc cref="TrueAsync(Func{bool}, string, TimeSpan?, CancellationToken)"/>
    public static async Task TrueAsync(
        Func<Task<bool>> condition, string description, TimeSpan? within = null, CancellationToken cancellationToken = default)
    {
        var bound = within ?? DefaultBound;
        var started = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(Interval);
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(started) > bound)
            {
                throw new TimeoutException($"Not within {bound.TotalSeconds:0.#} s: {description}.");
            }

            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }

    /// <summary>Waits until <paramref name="read"/> gives a value that <paramref name="accept"/> takes; a time-out names the last one seen.</summary>
    public static async Task<T> ValueAsync<T>(
        Func<Task<T>> read,
        Func<T, bool> accept,
        string description,
        TimeSpan? within = null,
        CancellationToken cancellationToken = default)
    {
        T? last = default;
        try
        {
            await TrueAsync(async () => accept(last = await read()), description, within, cancellationToken);
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"{late.Message} Last seen: {last}.", late);
        }

        return last!;
    }
}
