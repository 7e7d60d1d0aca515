namespace MtSockets.Edge.Protocol;

/// <summary>The WebSocket subprotocols this server speaks.</summary>
internal static class Subprotocol
{
    public const string V1 = "mtsockets.v1";
}
