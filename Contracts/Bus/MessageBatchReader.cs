using System.Text.Json;

namespace MtSockets.Contracts.Bus;

/// <summary>
/// Reads the entries of a <see cref="MessageBatch"/>; the frames are slices of its memory. Names are matched to the
/// letter and unknown ones are passed over, so that a newer server can say more to an older one. So is an entry of a kind or
/// share that is unknown here, but that comes up at the end: the others of its batch have been read by then.
/// </summary>
public ref struct MessageBatchReader
{
    private readonly ReadOnlyMemory<byte> _json;
    private Utf8JsonReader _reader;
    private ServerMessage _current;
    private bool _started;
    private int _unknown;

    internal MessageBatchReader(ReadOnlyMemory<byte> json)
    {
        _json = json;
        _reader = new Utf8JsonReader(json.Span);
    }

    /// <summary>The entry read last.</summary>
    public readonly ServerMessage Current => _current;

    /// <summary>Reads the next entry.</summary>
    /// <exception cref="JsonException">The batch is not a JSON array of message objects; at its end: entries of unknown kinds were passed over.</exception>
    public bool MoveNext()
    {
        if (!_started)
        {
            _started = true;
            if (!_reader.Read() || _reader.TokenType != JsonTokenType.StartArray)
                throw new JsonException("A batch must be a JSON array.");
        }

        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            if (_reader.TokenType != JsonTokenType.StartObject)
                throw new JsonException("An entry of a batch must be a JSON object.");
            if (TryReadEntry(out _current))
                return true;
            _unknown++;
        }

        return _unknown == 0
            ? false
            : throw new JsonException($"\"kind\" or \"share\" has no name that is known here, {_unknown} times; the other messages of the batch were read.");
    }

    /// <summary>False where it asks for something that is unknown here.</summary>
    private bool TryReadEntry(out ServerMessage message)
    {
        var isKnown = true;
        message = new ServerMessage(ServerMessageKind.Deliver, "", default);
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            if (_reader.ValueTextEquals("user"u8))
                message = message with { User = ReadString() };
            else if (_reader.ValueTextEquals("frame"u8))
                message = message with { Frame = ReadRaw() };
            else if (_reader.ValueTextEquals("seq"u8))
                message = message with { Seq = ReadNumber() };
            else if (_reader.ValueTextEquals("extra"u8))
                message = message with { Extra = ReadRaw() };
            else if (_reader.ValueTextEquals("hops"u8))
                message = message with { Hops = (int)Math.Min(ReadNumber(), int.MaxValue) };
            else if (_reader.ValueTextEquals("share"u8))
                message = message with { Share = (ServerMessageShare)ReadName(ServerMessageNames.Shares, ref isKnown) };
            else if (_reader.ValueTextEquals("copies"u8))
                message = message with { Copies = ReadStrings() };
            else if (_reader.ValueTextEquals("kind"u8))
                message = message with { Kind = (ServerMessageKind)ReadName(ServerMessageNames.Kinds, ref isKnown) };
            else
                _reader.Skip();
        }

        return isKnown;
    }

    private List<string> ReadStrings()
    {
        if (!_reader.Read() || _reader.TokenType != JsonTokenType.StartArray)
            throw new JsonException("\"copies\" must be an array.");
        var values = new List<string>();
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
            values.Add(Text());
        return values;
    }

    private string ReadString()
    {
        _reader.Read();
        return Text();
    }

    private readonly string Text()
    {
        if (_reader.TokenType != JsonTokenType.String)
            throw new JsonException("\"user\" and the names in \"copies\" must be strings.");
        try
        {
            return _reader.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            // The JSON reader passes over the inside of strings: it may be no UTF-8, or half of a surrogate pair.
            throw new JsonException("\"user\" or a name in \"copies\" is not a text.", e);
        }
    }

    private long ReadNumber()
    {
        if (!_reader.Read() || _reader.TokenType != JsonTokenType.Number || !_reader.TryGetInt64(out var number) || number < 0)
            throw new JsonException("\"hops\" and \"seq\" must be whole numbers.");
        return number;
    }

    private int ReadName(byte[][] names, ref bool isKnown)
    {
        if (!_reader.Read() || _reader.TokenType != JsonTokenType.String)
            throw new JsonException("\"kind\" and \"share\" must be strings.");
        for (var i = 0; i < names.Length; i++)
        {
            if (_reader.ValueTextEquals(names[i]))
                return i;
        }

        isKnown = false;
        return 0;
    }

    private ReadOnlyMemory<byte> ReadRaw()
    {
        if (!_reader.Read() || _reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("\"frame\" and \"extra\" must be JSON objects.");
        var start = (int)_reader.TokenStartIndex;
        _reader.Skip();
        return _json[start..(int)_reader.BytesConsumed];
    }
}
