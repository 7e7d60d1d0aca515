namespace MtSockets.Contracts.Bus;

/// <summary>What one entry of a <see cref="MessageBatch"/> asks of the server that gets it.</summary>
public enum ServerMessageKind
{
    /// <summary>Hand the frame to every connection of the user.</summary>
    Deliver = 0,

    /// <summary>Hand the frame to every connection of every user.</summary>
    Broadcast = 1,

    /// <summary>
    /// The publishing server holds a connection of the user now: go by no route to him from before, and answer with <see cref="Known"/> or
    /// <see cref="Departed"/> and the same number.
    /// </summary>
    Arrived = 2,

    /// <summary>Answer to <see cref="Arrived"/>: this server holds the user too and has taken note.</summary>
    Known = 3,

    /// <summary>The publishing server holds no connection of the user any more. Answer to <see cref="Arrived"/>, with its number, or unasked.</summary>
    Departed = 4,

    /// <summary>The user's inbox has news: read it.</summary>
    Stored = 5,

    /// <summary>Close every connection of the user; the frame holds the reason.</summary>
    Disconnect = 6,

    /// <summary>Hand a control frame to those connections of the user that speak the subprotocol.</summary>
    Control = 7,
}
