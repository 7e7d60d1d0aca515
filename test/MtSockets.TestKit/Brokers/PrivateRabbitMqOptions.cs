namespace MtSockets.TestKit.Brokers;

public sealed record PrivateRabbitMqOptions
{
    /// <summary>Run the management plugin, with its HTTP API on <see cref="PrivateRabbitMq.ManagementAddress"/>. Off by default: it adds a second to the start.</summary>
    public bool Management { get; init; }

    /// <summary>Further lines for <c>rabbitmq.conf</c>.</summary>
    public IReadOnlyList<string> ConfigurationLines { get; init; } = [];
}
