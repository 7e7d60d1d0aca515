namespace MtSockets.Edge.Users;

/// <summary>What one session may take.</summary>
/// <param name="MaxBytesBehind">Live frames that wait behind a replay.</param>
/// <param name="PageSize">Messages read from the log at a time.</param>
internal sealed record InboxSessionLimits(int MaxBytesBehind, int PageSize);
