using System.Text.Json;
using System.Text.Json.Serialization;

namespace MtSockets.Contracts.Commands;

/// <summary>
/// Sends a message to every connection on every MtSockets server. It is never stored. Clients see <c>"to":"*"</c>.
/// </summary>
/// <param name="From">Who the message shall come from.</param>
/// <param name="Body">Any JSON value.</param>
[method: JsonConstructor]
public sealed record Broadcast(string From, JsonElement Body)
{
    /// <summary>A broadcast whose body is a text.</summary>
    public Broadcast(string from, string text)
        : this(from, JsonSerializer.SerializeToElement(text))
    {
    }
}
