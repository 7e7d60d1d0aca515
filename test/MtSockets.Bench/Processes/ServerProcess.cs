using System.Diagnostics;
using System.Globalization;
using System.Net;
using MtSockets.Bench.Linux;
using MtSockets.TestKit;

namespace MtSockets.Bench.Processes;

/// <summary>One server started from its assembly on a free port, until disposed. Its last output is kept for the case that something goes wrong.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private const int LinesKept = 100;

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    private readonly Process _process;
    private readonly Queue<string> _output = new();
    private readonly Lock _gate = new();

    private ServerProcess(string name, Process process, int port)
    {
        Name = name;
        _process = process;
        EndPoint = new IPEndPoint(IPAddress.Loopback, port);
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public string Name { get; }

    public IPEndPoint EndPoint { get; }

    public int ProcessId => _process.Id;

    public string Output
    {
        get
        {
            lock (_gate)
                return string.Join(Environment.NewLine, _output);
        }
    }

    public static async Task<ServerProcess> StartAsync(
        string name, ServerProgram program, IReadOnlyDictionary<string, string> settings, CancellationToken cancelled)
    {
        if (!File.Exists(program.Assembly))
            throw new InvalidOperationException($"{program.Assembly} is not there: build the solution with `-c Release` first.");

        var port = FreePort.Next();
        var start = new ProcessStartInfo(DotnetHost.Path, [program.Assembly])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // A server reads a .env file where it stands; there is none here.
            WorkingDirectory = Path.GetTempPath(),
        };
        start.Environment["PORT"] = port.ToString(CultureInfo.InvariantCulture);
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        foreach (var (key, value) in settings)
            start.Environment[key] = value;

        var server = new ServerProcess(name, Process.Start(start) ?? throw new InvalidOperationException($"{name} did not start."), port);
        try
        {
            await server.WaitUntilReadyAsync(program.ReadyPath, cancelled);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Asks the process to stop, and ends it if it does not.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _ = NativeMethods.Kill(_process.Id, NativeMethods.SigTerm);
            using var limit = new CancellationTokenSource(StopLimit);
            try
            {
                await _process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                await Console.Error.WriteLineAsync($"{Name} did not stop within {StopLimit.TotalSeconds:0} s of SIGTERM and was killed.");
                _process.Kill(entireProcessTree: true);
            }
        }

        _process.Dispose();
    }

    private async Task WaitUntilReadyAsync(string path, CancellationToken cancelled)
    {
        using var client = new HttpClient { BaseAddress = new Uri($"http://{EndPoint}"), Timeout = TimeSpan.FromSeconds(5) };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancelled);
        limit.CancelAfter(StartLimit);
        using var poll = new PeriodicTimer(PollInterval);
        var last = "no answer";
        try
        {
            while (await poll.WaitForNextTickAsync(limit.Token))
            {
                if (_process.HasExited)
                    throw new InvalidOperationException($"{Name} ended with exit code {_process.ExitCode} while starting:\n{Output}");
                try
                {
                    using var answer = await client.GetAsync(new Uri(path, UriKind.Relative), limit.Token);
                    if (answer.IsSuccessStatusCode)
                        return;
                    last = $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(limit.Token)}";
                }
                catch (HttpRequestException)
                {
                    // Not listening yet.
                }
            }
        }
        catch (OperationCanceledException) when (!cancelled.IsCancellationRequested)
        {
            throw new TimeoutException($"{Name} was not ready within {StartLimit.TotalSeconds:0} s ({path}: {last}):\n{Output}");
        }
    }

    private void Keep(string? line)
    {
        if (line is null)
            return;
        lock (_gate)
        {
            _output.Enqueue(line);
            if (_output.Count > LinesKept)
                _output.Dequeue();
        }
    }
}
