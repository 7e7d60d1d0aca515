namespace MtSockets.Contracts.Naming;

/// <summary>Every exchange, queue and routing key of MtSockets.</summary>
public static class BusNames
{
    /// <summary>The durable topic exchange that carries messages from server to server.</summary>
    public const string MessagesExchange = "messages";

    /// <summary>The routing key that every MtSockets server listens to beside its own.</summary>
    public const string BroadcastKey = "broadcast";

    /// <summary>The durable queue of everything that no server could read.</summary>
    public const string DeadLetterQueue = "mtsockets.dead-letter";

    /// <summary>The durable queue on which all servers compete for the commands of other services.</summary>
    public const string CommandQueue = "mtsockets.commands";

    /// <summary>The routing key of one server.</summary>
    public static string ServerKey(string serverId) => "server." + serverId;

    /// <summary>
    /// The exclusive queue of one run of one server. The incarnation is part of the name because RabbitMQ keeps an
    /// exclusive queue locked for seconds after its owner was killed.
    /// </summary>
    public static string ServerQueue(string serverId, string incarnation) => $"server.{serverId}.{incarnation}";
}
