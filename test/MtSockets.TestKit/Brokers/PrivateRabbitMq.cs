namespace MtSockets.TestKit.Brokers;

/// <summary>
/// A RabbitMQ of this process alone: the installed <c>rabbitmq-server</c> on free ports of 127.0.0.1, with its data, its
/// configuration, its Erlang cookie and its port mapper (epmd) to itself. User and password are <c>guest</c>.
/// </summary>
public sealed class PrivateRabbitMq : ITestBroker
{
    private readonly BrokerProcess _process;

    private PrivateRabbitMq(BrokerProcess process, RabbitMqPorts ports, bool management)
    {
        _process = process;
        Address = $"127.0.0.1:{ports.Amqp}";
        ManagementAddress = management ? new Uri($"http://127.0.0.1:{ports.Management}/") : null;
    }

    public string Address { get; }

    /// <summary>Base of the management UI and API, when that was asked for.</summary>
    public Uri? ManagementAddress { get; }

    public bool IsPrivate => true;

    public static async Task<PrivateRabbitMq> StartAsync(
        PrivateRabbitMqOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new PrivateRabbitMqOptions();
        var programs = RabbitMqPrograms.Find();
        var ports = default(RabbitMqPorts);
        var process = await BrokerProcess.StartAsync(
            folder => RabbitMqSetup.Prepare(programs, folder, ports = RabbitMqPorts.Take(), options), cancellationToken);
        return new PrivateRabbitMq(process, ports, options.Management);
    }

    public Task KillAsync() => _process.KillAsync();

    public Task RestartAsync(CancellationToken cancellationToken = default) => _process.RestartAsync(cancellationToken);

    public Task PauseAsync() => _process.PauseAsync();

    public Task ResumeAsync() => _process.ResumeAsync();

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
