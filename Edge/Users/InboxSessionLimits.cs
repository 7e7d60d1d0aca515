namespace MtSockets.Edge.Users;

/// <summary>What one session may take.</summary>
/// <param name="MaxHeldBytes">Live frames that wait behind the log.</param>
/// <param name="PageSize">Messages read from the log at a time.</param>
/// <param name="GapWait">How long a number that comes too early waits for its predecessor before the log is read.</param>
internal sealed record InboxSessionLimits(int MaxHeldBytes, int PageSize, TimeSpan GapWait);
