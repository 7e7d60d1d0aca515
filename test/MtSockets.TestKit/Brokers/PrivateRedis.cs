using System.Globalization;

namespace MtSockets.TestKit.Brokers;

/// <summary>A Redis of this process alone: the installed <c>redis-server</c> on a free port of 127.0.0.1, in a temporary folder.</summary>
public sealed class PrivateRedis : ITestBroker
{
    private readonly BrokerProcess _process;

    private PrivateRedis(BrokerProcess process, int port, string? password)
    {
        _process = process;
        Address = $"127.0.0.1:{port}";
        Password = password;
    }

    public string Address { get; }

    public string? Password { get; }

    public bool IsPrivate => true;

    public static async Task<PrivateRedis> StartAsync(
        PrivateRedisOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new PrivateRedisOptions();
        var program = InstalledProgram.Find("redis-server", "redis-server", TestBrokers.RedisVariable);
        var port = 0;
        var process = await BrokerProcess.StartAsync(folder => Command(program, folder, port = FreePort.Next(), options), cancellationToken);
        return new PrivateRedis(process, port, options.Password);
    }

    public Task KillAsync() => _process.KillAsync();

    public Task RestartAsync(CancellationToken cancellationToken = default) => _process.RestartAsync(cancellationToken);

    public Task PauseAsync() => _process.PauseAsync();

    public Task ResumeAsync() => _process.ResumeAsync();

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static BrokerCommand Command(string program, string folder, int port, PrivateRedisOptions options)
    {
        List<string> commandLine =
        [
            program,
            "--port", port.ToString(CultureInfo.InvariantCulture),
            "--bind", "127.0.0.1",
            "--dir", folder,
            "--save", "",
            "--appendonly", options.AppendOnly ? "yes" : "no",
            "--appendfsync", "always",
        ];
        if (options.Password is { } password)
        {
            commandLine.AddRange(["--requirepass", password]);
        }

        return new BrokerCommand
        {
            Name = "Redis",
            CommandLine = commandLine,
            Folder = folder,
            IsReady = cancellationToken => RedisProbe.AnswersPingAsync(port, options.Password, cancellationToken),
            StartBound = TimeSpan.FromSeconds(15),
        };
    }
}
