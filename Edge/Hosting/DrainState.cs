namespace MtSockets.Edge.Hosting;

/// <summary>Whether this server is shutting down.</summary>
internal sealed class DrainState
{
    private volatile bool _isDraining;

    public bool IsDraining => _isDraining;

    public void Begin() => _isDraining = true;
}
