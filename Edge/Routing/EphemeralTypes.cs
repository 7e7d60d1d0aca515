using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace MtSockets.Edge.Routing;

/// <summary>The types of messages that are worth nothing later, and so are never stored.</summary>
internal sealed class EphemeralTypes(IOptions<MessageOptions> options)
{
    private readonly byte[][] _types =
        [.. options.Value.EphemeralTypes.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Encoding.UTF8.GetBytes)];

    public bool Contains(ReadOnlySpan<byte> type)
    {
        foreach (var ephemeral in _types)
        {
            if (type.SequenceEqual(ephemeral))
                return true;
        }

        return false;
    }

    /// <summary>Whether a message that carries these keys beside its frame is of such a type.</summary>
    public bool IsIn(ReadOnlySpan<byte> extra)
    {
        if (extra.IsEmpty)
            return false;
        var reader = new Utf8JsonReader(extra);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isType = reader.ValueTextEquals("type"u8);
            reader.Read();
            if (!isType)
            {
                reader.Skip();
                continue;
            }

            foreach (var ephemeral in _types)
            {
                if (reader.TokenType == JsonTokenType.String && reader.ValueTextEquals(ephemeral))
                    return true;
            }

            return false;
        }

        return false;
    }
}
