namespace MtSockets.Edge.Transport;

/// <summary>Of a connection whose owner promises that nothing blocks that goes on when its socket becomes ready.</summary>
internal interface IInlineFeature
{
    /// <summary>From now on whoever waits for the socket goes on where the loop is, without another thread being woken.</summary>
    void GoInline();
}
