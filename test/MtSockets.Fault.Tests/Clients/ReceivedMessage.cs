using System.Text.Json;

namespace MtSockets.Fault.Tests.Clients;

internal sealed record ReceivedMessage(string From, long Seq, string? Id, JsonElement Body);
