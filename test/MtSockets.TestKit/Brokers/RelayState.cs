namespace MtSockets.TestKit.Brokers;

public enum RelayState
{
    /// <summary>Bytes pass.</summary>
    Open,

    /// <summary>Connections stay and new ones are taken, but no byte passes.</summary>
    Stalled,

    /// <summary>No connection lives and new ones are refused.</summary>
    Cut,
}
