using System.Collections.Concurrent;
using MtSockets.Infrastructure.Leases;

namespace MtSockets.Infrastructure.Tests.Fakes;

/// <summary>Leases that look at once and answer when the test lets them.</summary>
internal sealed class HeldLeases : IServerLeases
{
    private readonly ConcurrentQueue<TaskCompletionSource> _held = new();
    private int _asked;

    /// <summary>Known servers, and whether each lives.</summary>
    public ConcurrentDictionary<string, bool> Servers { get; } = new(StringComparer.Ordinal);

    public int Asked => Volatile.Read(ref _asked);

    /// <summary>Lets the oldest question be answered.</summary>
    public void Answer()
    {
        Assert.True(_held.TryDequeue(out var held));
        held.SetResult();
    }

    public async ValueTask<IReadOnlyDictionary<string, bool>> ListAsync(CancellationToken cancellationToken)
    {
        var seen = new Dictionary<string, bool>(Servers);
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _held.Enqueue(held);
        Interlocked.Increment(ref _asked);
        await held.Task;
        return seen;
    }

    public ValueTask<LeaseOutcome> HoldAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask ReleaseAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<bool> TryBeginCleanupAsync(string serverId, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask EndCleanupAsync(string serverId, bool forget, CancellationToken cancellationToken) => throw new NotSupportedException();
}
