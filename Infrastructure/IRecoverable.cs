namespace MtSockets.Infrastructure;

/// <summary>Something outside of this process that can be away for a time.</summary>
internal interface IRecoverable
{
    /// <summary>It is back: what this server had told it may be forgotten, and what it would have told this server is lost.</summary>
    event Action? Restored;
}
