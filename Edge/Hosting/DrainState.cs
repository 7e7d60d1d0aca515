namespace MtSockets.Edge.Hosting;

/// <summary>Whether this server is shutting down.</summary>
internal sealed class DrainState
{
    private volatile bool _isDraining;

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsDraining => _isDraining;

    /// <summary>Completes when everybody has left and the others know it.</summary>
    public Task Ended => _ended.Task;

    public void End() => _ended.TrySetResult();

    public void Begin() => _isDraining = true;
}
