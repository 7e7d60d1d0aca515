using System.Diagnostics;
using System.Text.Json;

namespace MtSockets.Fault.Tests.Clients;

/// <summary>What comes in at a client, over all its connections: the application gets each number once, in order.</summary>
internal sealed class Inbound(ClientOptions options, WireLog wire, UnackedFrames unacked)
{
    private long _lastFrame = Stopwatch.GetTimestamp();
    private long _lastSeq = -1;
    private long _confirmed;
    private long _sinceConfirmed;
    private bool _pinged;

    /// <summary>The number of the last message; null before the first one.</summary>
    public long? LastSeq => Interlocked.Read(ref _lastSeq) is >= 0 and var seq ? seq : null;

    public TimeSpan Silence => Stopwatch.GetElapsedTime(Interlocked.Read(ref _lastFrame));

    public bool MustConfirm => _sinceConfirmed >= options.ConfirmEvery;

    public bool HasUnconfirmed => LastSeq > Interlocked.Read(ref _confirmed);

    /// <summary>Once for each silence.</summary>
    public bool MustPing
    {
        get
        {
            if (_pinged || Silence < options.PingAfter)
                return false;
            return _pinged = true;
        }
    }

    /// <summary>A new connection: its silence begins.</summary>
    public void Opened() => Heard();

    public long TakeUnconfirmed()
    {
        _sinceConfirmed = 0;
        var seq = LastSeq ?? 0;
        Interlocked.Exchange(ref _confirmed, seq);
        return seq;
    }

    public void Take(JsonElement frame)
    {
        Heard();
        if (!frame.TryGetProperty("op", out var op))
        {
            TakeMessage(frame);
            return;
        }

        switch (op.GetString())
        {
            case "welcome":
                Welcome(frame);
                break;
            case "ack":
                unacked.Ack(frame.GetProperty("id").GetString()!, frame.GetProperty("seq").GetInt64());
                break;
            case "receipt":
                wire.Receipts.Enqueue(frame.GetProperty("id").GetString()!);
                break;
            case "drain":
                wire.Drains.Enqueue(frame.GetProperty("after_ms").GetInt32());
                break;
            case "error":
                wire.Errors.Enqueue(frame.GetRawText());
                if (frame.GetProperty("retry").GetBoolean())
                    unacked.Retry(options.RetryAfter);
                break;
        }
    }

    private void Heard()
    {
        Interlocked.Exchange(ref _lastFrame, Stopwatch.GetTimestamp());
        _pinged = false;
    }

    private void Welcome(JsonElement frame)
    {
        var seq = frame.GetProperty("seq");
        long? first = frame.TryGetProperty("first", out var value) ? value.GetInt64() : null;
        wire.Welcomes.Enqueue(new Welcomed(
            frame.GetProperty("server").GetString()!,
            seq.ValueKind == JsonValueKind.Number ? seq.GetInt64() : null,
            frame.GetProperty("resumed").GetBoolean(),
            first));
        // The log no longer has what this client wants: it goes on where the log begins.
        if (first is { } begin && LastSeq is not null)
            Interlocked.Exchange(ref _lastSeq, begin - 1);
    }

    private void TakeMessage(JsonElement frame)
    {
        var seq = frame.TryGetProperty("seq", out var number) ? number.GetInt64() : 0;
        wire.FrameReceived();
        if (seq > 0)
        {
            if (seq <= LastSeq)
            {
                wire.FrameRepeated();
                return;
            }

            if (LastSeq is { } last && seq != last + 1)
                wire.Gaps.Enqueue((last, seq));
            Interlocked.Exchange(ref _lastSeq, seq);
            _sinceConfirmed++;
        }

        options.OnMessage(new ReceivedMessage(
            frame.GetProperty("from").GetString()!,
            seq,
            frame.TryGetProperty("id", out var id) ? id.GetString() : null,
            frame.GetProperty("body").Clone()));
    }
}
