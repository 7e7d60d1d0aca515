using MtSockets.Edge.Sockets;
using MtSockets.Infrastructure;
using MtSockets.Infrastructure.Inbox;

namespace MtSockets.Edge.Users;

/// <summary>
/// Puts what one connection gets into order: first what its user's log holds, then what comes live. While the log is being
/// read, live frames wait behind it.
/// </summary>
internal sealed class InboxSession(string userId, SendQueue queue, IInbox inbox, InboxSessionLimits limits)
    : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _ended = new();
    // A new connection starts with the log: what comes before it was read waits.
    private List<byte[]>? _behind = [];
    private int _behindBytes;
    private bool _again;
    private long? _cursor;
    private Task _reading = Task.CompletedTask;

    /// <summary>Takes a live frame; false where the client is too slow to be given any more.</summary>
    public bool TryDeliver(ReadOnlySpan<byte> frame)
    {
        lock (_lock)
        {
            if (_behind is null)
                return queue.TryAdd(frame);
            if (_behindBytes + frame.Length > limits.MaxBytesBehind)
                return false;
            _behind.Add(frame.ToArray());
            _behindBytes += frame.Length;
            return true;
        }
    }

    /// <summary>Reads the log for the first time. Once, when the socket is open.</summary>
    public void Start()
    {
        lock (_lock)
            _reading = ReadLogAsync();
    }

    /// <summary>The log may have news.</summary>
    public void Poke()
    {
        lock (_lock)
        {
            if (_ended.IsCancellationRequested)
                return;
            if (_behind is not null)
            {
                _again = true;
                return;
            }

            _behind = [];
            _reading = ReadLogAsync();
        }
    }

    /// <summary>Ends with the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        Task reading;
        lock (_lock)
        {
            _ended.Cancel();
            reading = _reading;
        }

        await reading;
        _ended.Dispose();
    }

    private async Task ReadLogAsync()
    {
        // Off the lock under which it was started.
        await Task.Yield();
        try
        {
            do
            {
                await ReadToTheEndAsync(_ended.Token);
            }
            while (!GoLive());
        }
        catch (OperationCanceledException)
        {
        }
        catch (DependencyUnavailableException)
        {
            // Live delivery goes on without the log; whoever sees Redis come back pokes every session.
            GoLive(unread: true);
        }
    }

    private async Task ReadToTheEndAsync(CancellationToken cancellationToken)
    {
        InboxPage page;
        do
        {
            page = await inbox.ReadAsync(userId, _cursor, limits.PageSize, cancellationToken);
            foreach (var entry in page.Entries)
            {
                await queue.AddAsync(entry.Frame, entry.Seq, cancellationToken);
                _cursor = entry.Seq;
            }

            _cursor ??= page.After;
        }
        while (page.Entries.Count == limits.PageSize);
    }

    private bool GoLive(bool unread = false)
    {
        lock (_lock)
        {
            if (_again && !unread)
            {
                _again = false;
                return false;
            }

            foreach (var frame in _behind!)
                queue.TryAdd(frame);
            _behind = null;
            _behindBytes = 0;
            return true;
        }
    }
}
