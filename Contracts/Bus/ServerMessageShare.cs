namespace MtSockets.Contracts.Bus;

/// <summary>
/// A user may be connected to several servers, and each gets the message. Where he is gone from one of them, exactly one
/// of them may look for him or store the message, else it would come twice.
/// </summary>
public enum ServerMessageShare
{
    /// <summary>No other server got it: this one answers for it.</summary>
    Sole = 0,

    /// <summary>Others got it too, and this one answers for it: it is stored where the user is gone from all of them.</summary>
    First = 1,

    /// <summary>Others got it too, and one of them answers for it: drop it where the user is gone.</summary>
    Copy = 2,
}
