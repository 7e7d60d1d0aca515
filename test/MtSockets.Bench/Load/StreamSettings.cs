namespace MtSockets.Bench.Load;

/// <param name="From">The sending user.</param>
/// <param name="To">The receiving user.</param>
/// <param name="Connections">How many connections of the recipient must get each message.</param>
/// <param name="BodyLength">Bytes of body.</param>
/// <param name="Window">Messages in flight; 0 when a clock hands out the credits.</param>
/// <param name="IdPrefix">For acknowledged messages, what stands before the number in their id.</param>
/// <param name="Shared">Says when this stream may send its window, where not always.</param>
internal sealed record StreamSettings(
    string From, string To, int Connections, int BodyLength, int Window, string? IdPrefix = null, SharedWindow? Shared = null);
