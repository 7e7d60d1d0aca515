using System.Threading.Channels;
using MtSockets.Infrastructure;
using MtSockets.Infrastructure.Inbox;

namespace MtSockets.Edge.Users;

/// <summary>
/// Writes down what clients have received. While one write is under way the next ones gather, and of one user only the
/// highest number counts, so that the work is bounded by the users and not by the messages.
/// </summary>
internal sealed class Confirmations(IInbox inbox, ReceiptSender receipts) : BackgroundService
{
    private readonly Lock _lock = new();
    private readonly Channel<bool> _signal =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private Dictionary<string, long> _pending = new(StringComparer.Ordinal);

    /// <summary>A device of the user has everything up to this number.</summary>
    public void Record(string userId, long seq)
    {
        lock (_lock)
            _pending[userId] = Math.Max(seq, _pending.GetValueOrDefault(userId));
        _signal.Writer.TryWrite(true);
    }

    /// <summary>Writes what is pending now; for the end of the process as well.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        Dictionary<string, long> taken;
        lock (_lock)
        {
            if (_pending.Count == 0)
                return;
            taken = _pending;
            _pending = new Dictionary<string, long>(StringComparer.Ordinal);
        }

        try
        {
            await receipts.SendAsync(await inbox.ConfirmAsync(taken, cancellationToken), cancellationToken);
        }
        catch (DependencyUnavailableException)
        {
            foreach (var (user, seq) in taken)
                Record(user, seq);
            throw;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await _signal.Reader.WaitToReadAsync(stoppingToken))
        {
            _signal.Reader.TryRead(out _);
            try
            {
                await FlushAsync(stoppingToken);
            }
            catch (DependencyUnavailableException)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), stoppingToken);
            }
        }
    }
}
