namespace MtSockets.Edge.Transport;

/// <summary>
/// Of a connection that tells whether its socket takes what is written. Kestrel does not: where the client has gone, it takes what it is given
/// all the same and throws it away.
/// </summary>
internal interface IOutputFeature
{
    /// <summary>Nothing is sent any more. True before the write returns that was not sent for that reason, or not as a whole.</summary>
    bool HasEnded { get; }
}
