namespace MtSockets.Consumers.Commands;

/// <summary>A command is wrong in itself. It is led to the dead-letter queue without another try.</summary>
internal sealed class CommandRejectedException(string message) : Exception(message);
