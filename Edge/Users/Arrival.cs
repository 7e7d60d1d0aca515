namespace MtSockets.Edge.Users;

/// <summary>What is to be done with a frame that comes live.</summary>
internal enum Arrival
{
    /// <summary>It is next: give it to the client.</summary>
    Pass,

    /// <summary>The client has it already.</summary>
    Drop,

    /// <summary>Something must come before it: keep it.</summary>
    Hold,
}
