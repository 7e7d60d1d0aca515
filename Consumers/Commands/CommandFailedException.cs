namespace MtSockets.Consumers.Commands;

/// <summary>A command could not be carried out now. MassTransit tries it again, and leads it to the dead-letter queue in the end.</summary>
internal sealed class CommandFailedException(string message) : Exception(message);
