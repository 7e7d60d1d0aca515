namespace MtSockets.Cluster.Tests.Brokers;

/// <summary>What came out of a queue.</summary>
public sealed record AmqpMessage(string RoutingKey, string? ContentType, string Body, IReadOnlyDictionary<string, string> Headers);
