using System.Text;
using Microsoft.Extensions.Options;
using MtSockets.Infrastructure;
using MtSockets.Infrastructure.Inbox;

namespace MtSockets.Edge.Tests.Fakes;

/// <summary>The embedded inbox, shared by all servers of a test, whose store can be away and whose reads can be held back.</summary>
internal sealed class FlakyInbox(World world, InboxOptions options) : IInbox
{
    private readonly EmbeddedInbox _inner = new(Options.Create(options), world.Time);
    private int _appends;
    private int _reads;

    public int Appends => Volatile.Read(ref _appends);

    public int Reads => Volatile.Read(ref _reads);

    /// <summary>When set, a read waits for it before it looks.</summary>
    public Task ReadGate { get; set; } = Task.CompletedTask;

    /// <summary>Runs when a message is about to be appended.</summary>
    public Func<Task>? BeforeAppend { get; set; }

    /// <summary>What has been confirmed, user by user.</summary>
    public Dictionary<string, long> Confirmed { get; } = new(StringComparer.Ordinal);

    public async ValueTask<IReadOnlyList<InboxAppended>> AppendAsync(
        string userId, IReadOnlyList<InboxMessage> messages, CancellationToken cancellationToken)
    {
        Enter();
        Interlocked.Add(ref _appends, messages.Count);
        if (BeforeAppend is { } step)
            await step();
        return await _inner.AppendAsync(userId, messages, cancellationToken);
    }

    public async ValueTask<InboxPage> ReadAsync(string userId, long? after, int count, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _reads);
        await ReadGate.WaitAsync(cancellationToken);
        Enter();
        return await _inner.ReadAsync(userId, after, count, cancellationToken);
    }

    public ValueTask<IReadOnlyList<long>> LastAsync(IReadOnlyList<string> userIds, CancellationToken cancellationToken)
    {
        Enter();
        return _inner.LastAsync(userIds, cancellationToken);
    }

    public ValueTask<IReadOnlyList<InboxReceipt>> ConfirmAsync(
        IReadOnlyCollection<KeyValuePair<string, long>> confirmed, CancellationToken cancellationToken)
    {
        Enter();
        lock (Confirmed)
        {
            foreach (var (user, seq) in confirmed)
                Confirmed[user] = seq;
        }

        return _inner.ConfirmAsync(confirmed, cancellationToken);
    }

    /// <summary>Stores a plain message, as any server would.</summary>
    public async Task StoreAsync(string userId, string frame) =>
        await _inner.AppendAsync(userId, [new InboxMessage(Encoding.UTF8.GetBytes(frame))], CancellationToken.None);

    /// <summary>The frames in a user's log.</summary>
    public async Task<string[]> FramesOfAsync(string userId)
    {
        var page = await _inner.ReadAsync(userId, 0, int.MaxValue, CancellationToken.None);
        return [.. page.Entries.Select(entry => Encoding.UTF8.GetString(entry.Frame.Span))];
    }

    private void Enter()
    {
        if (!world.IsRedisUp)
            throw new DependencyUnavailableException("Redis");
    }
}
