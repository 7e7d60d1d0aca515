using System.Diagnostics;
using MtSockets.Fault.Tests.Servers;
using MtSockets.TestKit;

namespace MtSockets.Fault.Tests.Load;

/// <summary>Pairs of clients who send acknowledged messages while something breaks.</summary>
internal sealed class FaultLoad : IAsyncDisposable
{
    private static readonly TimeSpan SettleBound = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource _enough = new();
    private readonly List<Pair> _pairs = [];
    private readonly string _name;
    private readonly long _started = Stopwatch.GetTimestamp();
    private long _faultAt;
    private long _repairedAt;

    private FaultLoad(string name) => _name = name;

    /// <summary>Starts the pairs: senders and receivers spread over all servers, and the two of a pair on different ones.</summary>
    public static async Task<FaultLoad> StartAsync(FaultCluster cluster, string name, LoadOptions? options = null)
    {
        options ??= new LoadOptions();
        await cluster.ReadyAsync();
        var load = new FaultLoad(name);
        try
        {
            for (var i = 0; i < options.Pairs; i++)
                load._pairs.Add(await Pair.StartAsync(cluster.Addresses, $"{name}-{Guid.NewGuid():N}"[..(name.Length + 9)] + i, i, options, load._enough.Token));
            await load.FlowAsync();
            return load;
        }
        catch
        {
            await load.DisposeAsync();
            throw;
        }
    }

    /// <summary>From here on recovery is timed.</summary>
    public void Broken() => _faultAt = Stopwatch.GetTimestamp();

    /// <summary>What was broken is whole again.</summary>
    public void Repaired() => _repairedAt = Stopwatch.GetTimestamp();

    /// <summary>Waits until every pair has had a message delivered that was first sent after this call.</summary>
    public Task FlowAsync()
    {
        var from = Stopwatch.GetTimestamp();
        return Eventually.TrueAsync(
            () => _pairs.TrueForAll(pair => pair.RecoveredAt(from) is not null), $"{_name}: messages of every pair arrive", SettleBound);
    }

    /// <summary>Ends the sending, waits until everything acknowledged has arrived, and tells what came of it.</summary>
    public async Task<LoadReport> EndAsync(bool all = false)
    {
        if (!all)
            await _enough.CancelAsync();
        await Task.WhenAll(_pairs.Select(pair => pair.Sending)).WaitAsync(TimeSpan.FromMinutes(3));
        var sendersDone = Stopwatch.GetElapsedTime(_started);
        var settled = true;
        try
        {
            await Eventually.TrueAsync(
                () => _pairs.TrueForAll(pair => pair.Lost == 0), $"{_name}: everything acknowledged has arrived", SettleBound);
        }
        catch (TimeoutException)
        {
            // The report says what is missing.
            settled = false;
        }

        return new LoadReport
        {
            Name = _name,
            Sent = _pairs.Sum(pair => pair.Sent),
            Acknowledged = _pairs.Sum(pair => pair.Acknowledged),
            Delivered = _pairs.Sum(pair => pair.Delivered),
            DuplicatesOnWire = _pairs.Sum(pair => pair.Receiver.Wire.Duplicates),
            DuplicatesInApplication = _pairs.Sum(pair => pair.Repeated),
            OutOfOrder = _pairs.Sum(pair => pair.OutOfOrder),
            Gaps = _pairs.Sum(pair => pair.Receiver.Wire.Gaps.Count),
            Lost = settled ? 0 : _pairs.Sum(pair => pair.Lost),
            Resent = _pairs.Sum(pair => pair.Sender.Wire.Resent),
            Reconnects = _pairs.Sum(pair => pair.Sender.Wire.Welcomes.Count + pair.Receiver.Wire.Welcomes.Count - 2),
            SendersDone = sendersDone,
            Slowest = _pairs.Max(pair => pair.Slowest),
            Recovery = RecoveryFrom(_faultAt),
            RecoveryAfterRepair = RecoveryFrom(_repairedAt),
        };
    }

    public async ValueTask DisposeAsync()
    {
        await _enough.CancelAsync();
        await Task.WhenAll(_pairs.Select(pair => pair.DisposeAsync().AsTask()));
        _enough.Dispose();
    }

    private TimeSpan? RecoveryFrom(long from) => from == 0
        ? null
        : _pairs.Max(pair => pair.RecoveredAt(from) is { } at ? Stopwatch.GetElapsedTime(from, at) : (TimeSpan?)null);
}
