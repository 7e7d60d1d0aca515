namespace MtSockets.TestKit.Brokers;

/// <summary>A broker ended by itself while it was starting: a taken port, or something that its output tells.</summary>
internal sealed class BrokerEndedException(string message) : Exception(message);
