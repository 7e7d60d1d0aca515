namespace MtSockets.Bench.Load;

/// <summary>Connects and then only answers pings.</summary>
internal sealed class IdleConnection(string userId, FaultLog faults, Action opened) : Connection(userId, faults)
{
    protected override void OnOpen() => opened();

    protected override void OnFrame(ReadOnlySpan<byte> payload) => Unexpected(payload);
}
