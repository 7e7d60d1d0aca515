using MtSockets.Edge.Protocol;
using MtSockets.Infrastructure;
using MtSockets.Infrastructure.Inbox;

namespace MtSockets.Edge.Users;

/// <summary>
/// Gives one connection the messages of its user in order: first what the log holds, then what comes live, and the log
/// again wherever a number is missing.
/// </summary>
internal sealed class InboxSession(string userId, long? lastSeq, ISessionClient client, IInbox inbox, InboxSessionLimits limits, TimeProvider time)
    : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly FrameSequencer<HeldFrame> _sequencer = Begun(lastSeq);
    private Task _healing = Task.CompletedTask;

    // Only while the log is being read: most connections spend their lives without.
    private CancellationTokenSource? _cancel;
    private bool _hasEnded;
    private bool _isHealing = true;
    private bool _again;
    private bool _hasBegun;
    private volatile bool _isUnread;

    /// <summary>The last number this connection was given; 0 while that is not known.</summary>
    public long Cursor
    {
        get
        {
            lock (_lock)
                return _sequencer.Cursor ?? 0;
        }
    }

    /// <summary>The log could not be read when it was last tried.</summary>
    public bool IsUnread => _isUnread;

    /// <summary>Takes a live frame; false where the client is too slow to be given any more.</summary>
    public bool TryDeliver(in MessageFrame frame)
    {
        lock (_lock)
        {
            switch (_sequencer.Offer(frame.Seq))
            {
                case Arrival.Drop:
                    return true;
                case Arrival.Pass:
                    return client.TryWrite(frame) && TryRelease();
                default:
                    if (_sequencer.HeldBytes + frame.Length > limits.MaxHeldBytes)
                        return false;
                    _sequencer.Hold(frame.Seq, new HeldFrame(frame.Frame.ToArray(), frame.Extra.ToArray(), frame.Seq), frame.Length);
                    if (!_isHealing)
                        Heal(limits.GapWait);
                    return true;
            }
        }
    }

    /// <summary>Reads the log for the first time. Once, when the socket is open.</summary>
    public void Start()
    {
        lock (_lock)
            Heal(TimeSpan.Zero);
    }

    /// <summary>The log may have news. They come before what is delivered from now on: they may have been sent before it.</summary>
    public void Poke()
    {
        lock (_lock)
        {
            if (!_sequencer.IsReading)
                _sequencer.BeginRead();
            if (_isHealing)
                _again = true;
            else
                Heal(TimeSpan.Zero);
        }
    }

    /// <summary>Ends with the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        Task healing;
        lock (_lock)
        {
            _hasEnded = true;
            _cancel?.Cancel();
            _isHealing = true;
            healing = _healing;
        }

        await healing;
    }

    private static FrameSequencer<HeldFrame> Begun(long? lastSeq)
    {
        var sequencer = new FrameSequencer<HeldFrame>(lastSeq);
        // A new connection starts with the log: what comes before it was read waits.
        sequencer.BeginRead();
        return sequencer;
    }

    private void Heal(TimeSpan wait)
    {
        if (_hasEnded)
            return;
        _isHealing = true;
        _healing = HealAsync(wait, _cancel = new CancellationTokenSource());
    }

    private async Task HealAsync(TimeSpan wait, CancellationTokenSource cancel)
    {
        // Off the lock under which it was started.
        await Task.Yield();
        try
        {
            do
            {
                // The servers of two senders race by nature: most gaps close by themselves in this time.
                if (wait > TimeSpan.Zero)
                    await Task.Delay(wait, time, cancel.Token);
                if (MustRead(wait))
                    await ReadToTheEndAsync(cancel.Token);
                wait = limits.GapWait;
            }
            while (!TryEnd());
        }
        catch (OperationCanceledException)
        {
        }
        catch (DependencyUnavailableException)
        {
            // Live delivery goes on without the log; whoever sees Redis come back pokes every session.
            Abandon();
        }
        catch (Exception e)
        {
            // Without its order the connection is worth nothing; another one begins anew.
            client.Fail(e);
        }
        finally
        {
            Forget(cancel);
        }
    }

    private void Forget(CancellationTokenSource cancel)
    {
        lock (_lock)
        {
            // Another reading may have begun already.
            if (_cancel == cancel)
                (_cancel, _healing) = (null, Task.CompletedTask);
        }

        cancel.Dispose();
    }

    private bool MustRead(TimeSpan waited)
    {
        lock (_lock)
        {
            if (waited > TimeSpan.Zero && !_again && !_sequencer.HasGap)
                return false;
            _again = false;
            _sequencer.BeginRead();
            return true;
        }
    }

    private async Task ReadToTheEndAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var page = await inbox.ReadAsync(userId, StartOfRead(), limits.PageSize, cancellationToken);
            if (!_hasBegun)
            {
                _hasBegun = true;
                client.Begin(page);
            }
            else if (page.HasHole && !client.OnTrimmed())
            {
                throw new OperationCanceledException();
            }

            if (page.LastSeq < page.After)
            {
                Restart();
                continue;
            }

            foreach (var entry in page.Entries)
            {
                if (MustWrite(entry.Seq))
                    await client.WriteAsync(entry, cancellationToken);
            }

            // Past what has become too old as well.
            MustWrite(page.ReadTo);
            if (page.HasMore)
                continue;
            lock (_lock)
            {
                _sequencer.EndRead(page.LastSeq);
                // What there is to read yet comes before what waits.
                if (_again)
                    _sequencer.BeginRead();
            }

            _isUnread = false;
            return;
        }
    }

    /// <summary>Redis came back without its memory: what it has now is all new.</summary>
    private void Restart()
    {
        lock (_lock)
            _sequencer.Restart();
    }

    private long? StartOfRead()
    {
        lock (_lock)
            return _sequencer.Cursor;
    }

    private bool MustWrite(long seq)
    {
        lock (_lock)
            return _sequencer.Read(seq);
    }

    private bool TryEnd()
    {
        lock (_lock)
        {
            if (_again)
                return false;
            TryRelease();
            if (_sequencer.HasGap)
                return false;
            _isHealing = false;
            return true;
        }
    }

    private void Abandon()
    {
        lock (_lock)
        {
            _isUnread = true;
            _sequencer.AbandonRead();
            TryRelease();
            _isHealing = false;
            if (!_hasBegun)
            {
                _hasBegun = true;
                client.Begin(null);
            }

            // Who said meanwhile that there is news may have said so because Redis is back.
            if (_again && !_hasEnded)
                Heal(limits.GapWait);
        }
    }

    private bool TryRelease()
    {
        var written = true;
        while (_sequencer.TryRelease(out var held))
            written &= client.TryWrite(held!.AsMessage());
        return written;
    }
}
