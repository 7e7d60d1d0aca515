using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;

namespace MtSockets.TestKit.Brokers;

/// <summary>
/// A broker's process group under <c>supervise.sh</c>, which ends it when this process ends, in whatever way. Killing and
/// disposing use the same pipe, so what protects against a crash is exercised by every test run.
/// </summary>
internal sealed class SupervisedProcess : IAsyncDisposable
{
    private static readonly TimeSpan AnswerBound = TimeSpan.FromSeconds(10);
    private static readonly string Script = ReadScript();

    private readonly Process _supervisor;
    private readonly Channel<string> _answers = Channel.CreateUnbounded<string>();
    private readonly TaskCompletionSource _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _reading;
    private int _processGroup;

    private SupervisedProcess(Process supervisor)
    {
        _supervisor = supervisor;
        _reading = ReadAsync();
    }

    /// <summary>Completes when the broker's process has ended by itself or by a signal.</summary>
    public Task Exited => _exited.Task;

    public static async Task<SupervisedProcess> StartAsync(BrokerCommand command, string logFile)
    {
        var start = new ProcessStartInfo("bash")
        {
            WorkingDirectory = command.Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        foreach (var argument in (string[])["-c", Script, "supervise.sh", logFile, command.Folder, .. command.CommandLine])
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in command.Environment)
        {
            start.Environment[name] = value;
        }

        var process = new SupervisedProcess(Process.Start(start) ?? throw new InvalidOperationException("bash did not start."));
        process._processGroup = int.Parse(await process.AnswerAsync(), CultureInfo.InvariantCulture);
        return process;
    }

    public Task PauseAsync() => OrderAsync("stop", "stopped");

    public Task ResumeAsync() => OrderAsync("cont", "continued");

    /// <summary>Kills all of it and returns when none of it is left. The folder stays.</summary>
    public async Task KillAsync()
    {
        await _supervisor.StandardInput.WriteLineAsync("kill");
        await DisposeAsync();
    }

    /// <summary>Kills all of it; unless it was killed before, its folder goes too.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            _supervisor.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has read its last order and gone.
        }

        await _reading;
        await _supervisor.WaitForExitAsync();
        await Eventually.TrueAsync(() => !ProcessGroup.IsAlive(_processGroup), $"process group {_processGroup} is gone after kill -9");
        _supervisor.Dispose();
    }

    private static string ReadScript()
    {
        using var stream = typeof(SupervisedProcess).Assembly.GetManifestResourceStream("supervise.sh")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private async Task OrderAsync(string order, string expected)
    {
        await _supervisor.StandardInput.WriteLineAsync(order);
        var answer = await AnswerAsync();
        if (answer != expected)
        {
            throw new InvalidOperationException($"The supervisor answered '{answer}' to '{order}'.");
        }
    }

    private async Task<string> AnswerAsync()
    {
        using var bound = new CancellationTokenSource(AnswerBound);
        return await _answers.Reader.ReadAsync(bound.Token);
    }

    private async Task ReadAsync()
    {
        while (await _supervisor.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("exited ", StringComparison.Ordinal))
            {
                _exited.TrySetResult();
            }
            else
            {
                _answers.Writer.TryWrite(line);
            }
        }

        _exited.TrySetResult();
        _answers.Writer.TryComplete(new InvalidOperationException("The broker's supervisor has ended."));
    }
}
