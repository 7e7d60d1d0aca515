namespace MtSockets.Fault.Tests.Clients;

/// <summary>A <c>welcome</c> frame.</summary>
internal sealed record Welcomed(string Server, long? Seq, bool Resumed, long? First);
