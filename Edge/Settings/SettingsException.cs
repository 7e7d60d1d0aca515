namespace MtSockets.Edge.Settings;

/// <summary>The environment is not set up in a way the server can start with; the message names the variable.</summary>
internal sealed class SettingsException(string message) : Exception(message);
