using System.Text.Json;
using System.Text.Json.Serialization;

namespace MtSockets.Contracts.Commands;

/// <summary>
/// Sends a message to every connection of a user, wherever he is, or to his inbox. Any server takes it; with a request
/// client the answer is a <see cref="SendToUserResult"/>.
/// </summary>
/// <param name="From">Who the message shall come from; a user id of your choice.</param>
/// <param name="To">The recipient's user id.</param>
/// <param name="Body">Any JSON value.</param>
[method: JsonConstructor]
public sealed record SendToUser(string From, string To, JsonElement Body)
{
    /// <summary>A message whose body is a text.</summary>
    public SendToUser(string from, string to, string text)
        : this(from, to, JsonSerializer.SerializeToElement(text))
    {
    }
}
