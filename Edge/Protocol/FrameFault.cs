namespace MtSockets.Edge.Protocol;

/// <summary>What is wrong with a frame.</summary>
internal readonly record struct FrameFault(ErrorCode Code, string Message);
