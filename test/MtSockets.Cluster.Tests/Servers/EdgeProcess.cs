using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using MtSockets.TestKit;

namespace MtSockets.Cluster.Tests.Servers;

/// <summary>The real program as a process of its own: for kill -9, SIGTERM, exit codes, and what stands in its environment.</summary>
public sealed class EdgeProcess : IAsyncDisposable
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false });
    private static readonly string Script = ReadScript();

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly Task _reading;
    private int _pid;

    private EdgeProcess(Process process, string id, int port)
    {
        _process = process;
        Id = id;
        Address = new Uri($"http://127.0.0.1:{port}");
        _reading = Task.WhenAll(ReadAsync(process.StandardOutput), ReadAsync(process.StandardError));
    }

    public string Id { get; }

    public Uri Address { get; }

    /// <summary>Everything the process has said so far.</summary>
    public string Output => string.Join('\n', _output);

    /// <summary>Starts it and returns at once.</summary>
    public static EdgeProcess Launch(Dictionary<string, string?> setup, string environment = "Production", string? workingDirectory = null)
    {
        var port = FreePort.Next();
        var start = new ProcessStartInfo("bash")
        {
            WorkingDirectory = workingDirectory ?? Path.GetTempPath(),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var program = Path.Combine(AppContext.BaseDirectory, "MtSockets.Edge.dll");
        foreach (var argument in (string[])["-c", Script, "run-edge.sh", Environment.ProcessPath is { } host && IsDotnet(host) ? host : "dotnet", program])
            start.ArgumentList.Add(argument);
        start.Environment["ASPNETCORE_ENVIRONMENT"] = environment;
        start.Environment["PORT"] = port.ToString(CultureInfo.InvariantCulture);
        foreach (var (name, value) in setup)
        {
            if (name != "PORT" || value != "0")
                start.Environment[name] = value;
        }

        var process = Process.Start(start) ?? throw new InvalidOperationException("bash did not start.");
        return new EdgeProcess(process, setup.GetValueOrDefault("SERVER_ID") ?? Environment.MachineName, port);
    }

    public static async Task<EdgeProcess> StartAsync(Dictionary<string, string?> setup, string environment = "Production", string? workingDirectory = null)
    {
        var process = Launch(setup, environment, workingDirectory);
        try
        {
            await process.AnswersAsync("/health/ready");
            return process;
        }
        catch (Exception failure) when (failure is TimeoutException or InvalidOperationException)
        {
            await process.DisposeAsync();
            throw new InvalidOperationException($"{failure.Message}\n{process.Output}", failure);
        }
    }

    /// <summary>Waits until it answers there with 200.</summary>
    public Task AnswersAsync(string path) => Eventually.TrueAsync(
        async () =>
        {
            if (_process.HasExited)
                throw new InvalidOperationException($"The process ended with code {_process.ExitCode}.");
            return await StatusAsync(path) == 200;
        },
        $"{Address}{path} answers 200",
        TimeSpan.FromSeconds(40));

    /// <summary>The status of a GET; 0 where nobody answers.</summary>
    public async Task<int> StatusAsync(string path)
    {
        try
        {
            using var answer = await Http.GetAsync(new Uri(Address, path));
            return (int)answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return 0;
        }
    }

    public Task<string> GetStringAsync(string path) => Http.GetStringAsync(new Uri(Address, path));

    /// <summary>Sends a signal: <c>TERM</c>, <c>KILL</c>, <c>STOP</c>, <c>CONT</c>.</summary>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", ["-" + signal, await PidAsync()]);
        await kill.WaitForExitAsync();
    }

    /// <summary>From now on it may open so many files and sockets beyond those that it has open.</summary>
    public async Task LimitFilesAsync(int more)
    {
        var pid = await PidAsync();
        var limit = Directory.GetFiles($"/proc/{pid}/fd").Length + more;
        using var prlimit = Process.Start("prlimit", ["--pid", pid, $"--nofile={limit}:{limit}"]);
        await prlimit.WaitForExitAsync();
        if (prlimit.ExitCode != 0)
            throw new InvalidOperationException($"prlimit ended with {prlimit.ExitCode}.");
    }

    public async Task KillAsync()
    {
        await SignalAsync("KILL");
        await ExitAsync();
    }

    /// <summary>Waits for its end, and tells its exit code.</summary>
    public async Task<int> ExitAsync(TimeSpan? within = null)
    {
        using var bound = new CancellationTokenSource(within ?? TimeSpan.FromSeconds(30));
        try
        {
            await _process.WaitForExitAsync(bound.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"The process did not end. It said:\n{Output}");
        }

        await _reading;
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.StandardInput.Close();
            await ExitAsync();
        }

        _process.Dispose();
    }

    private async Task<string> PidAsync()
    {
        await Eventually.TrueAsync(() => _pid != 0, "the process has a pid");
        return _pid.ToString(CultureInfo.InvariantCulture);
    }

    // The test host runs on dotnet where the tests were started by it; its own path may not be on the PATH.
    private static bool IsDotnet(string path) => Path.GetFileNameWithoutExtension(path) == "dotnet";

    private async Task ReadAsync(StreamReader stream)
    {
        while (await stream.ReadLineAsync() is { } line)
        {
            if (_pid == 0 && stream == _process.StandardOutput && int.TryParse(line, CultureInfo.InvariantCulture, out var pid))
                _pid = pid;
            else
                _output.Enqueue(line);
        }
    }

    private static string ReadScript()
    {
        using var stream = typeof(EdgeProcess).Assembly.GetManifestResourceStream("run-edge.sh")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
