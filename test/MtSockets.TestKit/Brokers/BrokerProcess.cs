using System.Diagnostics;
using System.Net.Sockets;

namespace MtSockets.TestKit.Brokers;

/// <summary>The life of a private broker: start, wait until it really serves, kill, start again on what it left behind.</summary>
internal sealed class BrokerProcess : IAsyncDisposable
{
    private const int LogTailLines = 30;

    private static readonly TimeSpan AttemptBound = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AttemptInterval = TimeSpan.FromMilliseconds(50);

    private readonly BrokerCommand _command;
    private readonly string _logFile;
    private SupervisedProcess? _process;

    private BrokerProcess(BrokerCommand command)
    {
        _command = command;
        _logFile = Path.Combine(command.Folder, "output.log");
    }

    /// <summary>Starts what <paramref name="prepare"/> describes, again with other ports when it ends at once: another process may take a port between finding and using it.</summary>
    public static async Task<BrokerProcess> StartAsync(Func<string, BrokerCommand> prepare, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var folder = Directory.CreateTempSubdirectory("mtsockets-test-").FullName;
            BrokerProcess? broker = null;
            try
            {
                broker = new BrokerProcess(prepare(folder));
                await broker.LaunchAsync(cancellationToken);
                return broker;
            }
            catch (Exception failure)
            {
                if (broker is not null)
                {
                    await broker.DisposeAsync();
                }

                RemoveFolder(folder);
                if (failure is not BrokerEndedException || attempt == 3)
                {
                    throw;
                }
            }
        }
    }

    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            await process.KillAsync();
        }
    }

    public async Task RestartAsync(CancellationToken cancellationToken)
    {
        await KillAsync();
        await LaunchAsync(cancellationToken);
    }

    public Task PauseAsync() => Running().PauseAsync();

    public Task ResumeAsync() => Running().ResumeAsync();

    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            await process.DisposeAsync();
        }

        RemoveFolder(_command.Folder);
    }

    private static void RemoveFolder(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private SupervisedProcess Running() => _process ?? throw new InvalidOperationException($"{_command.Name} is not running.");

    private async Task LaunchAsync(CancellationToken cancellationToken)
    {
        var process = _process = await SupervisedProcess.StartAsync(_command, _logFile);
        var started = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(AttemptInterval);
        while (!await IsReadyAsync(cancellationToken))
        {
            if (process.Exited.IsCompleted)
            {
                throw new BrokerEndedException($"{_command.Name} ended while it started. The end of its output:\n{LogTail()}");
            }

            if (Stopwatch.GetElapsedTime(started) > _command.StartBound)
            {
                throw new TimeoutException(
                    $"{_command.Name} was not ready within {_command.StartBound.TotalSeconds:0} s. The end of its output:\n{LogTail()}");
            }

            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }

    private async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(AttemptBound);
        try
        {
            return await _command.IsReady(bound.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception notYet) when (notYet is SocketException or IOException or HttpRequestException)
        {
            return false;
        }
    }

    private string LogTail() =>
        File.Exists(_logFile) ? string.Join('\n', File.ReadLines(_logFile).TakeLast(LogTailLines)) : "(nothing)";
}
