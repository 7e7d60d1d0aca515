using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Reflection;
using MtSockets.TestKit;

namespace MtSockets.Fault.Tests.Servers;

/// <summary>
/// One server as a process of its own, on a port that stays the same over its runs. A shell stands between, which kills it
/// when this process ends in whatever way.
/// </summary>
internal sealed class EdgeProcess : IAsyncDisposable
{
    private const string Supervise = """
        log=$1; shift
        exec 3<&0
        "$@" </dev/null >>"$log" 2>&1 &
        pid=$!
        echo "$pid"
        { read -r _ <&3; kill -9 "$pid"; } 2>/dev/null &
        reader=$!
        wait "$pid"
        code=$?
        kill "$reader" 2>/dev/null
        echo "$code"
        """;

    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(2) };
    private static readonly TimeSpan StartBound = TimeSpan.FromSeconds(60);

    private readonly string _log = Path.GetTempFileName();
    private readonly int _port = FreePort.Next();
    private readonly Dictionary<string, string> _environment;
    private Process? _shell;
    private int _processId;
    private Task<int> _exit = Task.FromResult(0);

    public EdgeProcess(string serverId, IReadOnlyDictionary<string, string> environment)
    {
        ServerId = serverId;
        _environment = new Dictionary<string, string>(environment)
        {
            ["SERVER_ID"] = serverId,
            ["PORT"] = _port.ToString(CultureInfo.InvariantCulture),
            ["ASPNETCORE_ENVIRONMENT"] = "Production",
        };
    }

    public string ServerId { get; }

    public Uri Address => new($"http://127.0.0.1:{_port}");

    public string Output
    {
        get
        {
            using var stream = new FileStream(_log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(stream);
            return reader.ReadToEnd();
        }
    }

    /// <summary>Starts it, or starts it again; returns as soon as the process is there.</summary>
    public async Task LaunchAsync()
    {
        var start = new ProcessStartInfo("bash")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            // A server reads a .env file where it stands; there is none here.
            WorkingDirectory = Path.GetTempPath(),
        };
        string[] arguments = ["-c", Supervise, "supervise", _log, DotnetPath(), EdgeAssembly()];
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in _environment)
            start.Environment[name] = value;

        _shell = Process.Start(start) ?? throw new InvalidOperationException("bash did not start.");
        _processId = int.Parse((await _shell.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture);
        _exit = ReadExitAsync(_shell);
    }

    /// <summary>Starts it and waits until it is ready.</summary>
    public async Task StartAsync()
    {
        await LaunchAsync();
        await ReadyAsync();
    }

    public async Task ReadyAsync()
    {
        try
        {
            await Eventually.TrueAsync(
                async () => _exit.IsCompleted
                    ? throw new InvalidOperationException($"{ServerId} has ended with {await _exit}:\n{Output}")
                    : await StatusAsync() == HttpStatusCode.OK,
                $"{ServerId} is ready",
                StartBound);
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"{late.Message}\n{Output}", late);
        }
    }

    /// <summary>What <c>/health/ready</c> answers; null where nobody does.</summary>
    public async Task<HttpStatusCode?> StatusAsync() => (await HealthAsync()).Status;

    public async Task<(HttpStatusCode? Status, string Body)> HealthAsync()
    {
        try
        {
            using var answer = await Http.GetAsync(new Uri(Address, "/health/ready"));
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return (null, e.Message);
        }
    }

    /// <summary><c>kill -9</c>.</summary>
    public async Task KillAsync()
    {
        Signals.Send(_processId, Signals.Kill);
        await _exit;
    }

    /// <summary>SIGTERM, and its exit code once it has ended.</summary>
    public async Task<int> TerminateAsync()
    {
        Signals.Send(_processId, Signals.Terminate);
        return await ExitAsync();
    }

    public void Pause() => Signals.Send(_processId, Signals.Stop);

    public void Resume() => Signals.Send(_processId, Signals.Continue);

    /// <summary>Its exit code, once it has ended by itself.</summary>
    public async Task<int> ExitAsync() => await _exit.WaitAsync(TimeSpan.FromSeconds(60));

    public async ValueTask DisposeAsync()
    {
        if (_shell is not null)
        {
            if (!_exit.IsCompleted)
                Signals.Send(_processId, Signals.Kill);
            await _exit;
            _shell.Dispose();
        }

        File.Delete(_log);
    }

    private static async Task<int> ReadExitAsync(Process shell)
    {
        var line = await shell.StandardOutput.ReadLineAsync();
        shell.StandardInput.Close();
        await shell.WaitForExitAsync();
        return int.Parse(line ?? "-1", CultureInfo.InvariantCulture);
    }

    private static string EdgeAssembly() =>
        typeof(EdgeProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "EdgeAssembly").Value!;

    private static string DotnetPath() =>
        Environment.GetEnvironmentVariable("DOTNET_HOST_PATH")
        ?? (Path.GetFileName(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet");
}
