namespace MtSockets.TestKit.Brokers;

/// <summary>A Redis or RabbitMQ server that tests may use: started by this process, or given to it by an address in the environment.</summary>
public interface ITestBroker : IAsyncDisposable
{
    /// <summary><c>host:port</c>, in the form that REDIS_ADDR and RABBITMQ_ADDR take.</summary>
    string Address { get; }

    /// <summary>Whether this process started it and so may kill, pause and restart it. A given broker throws on all of these.</summary>
    bool IsPrivate { get; }

    /// <summary>Ends it as <c>kill -9</c> does. Its folder stays for <see cref="RestartAsync"/>.</summary>
    Task KillAsync();

    /// <summary>Starts it again, on the same port and with the data it has left on disk; kills it first when it still runs. Returns when it is ready.</summary>
    Task RestartAsync(CancellationToken cancellationToken = default);

    /// <summary>Stops it from doing anything while its connections stay open (SIGSTOP).</summary>
    Task PauseAsync();

    /// <summary>Lets a paused one go on (SIGCONT).</summary>
    Task ResumeAsync();
}
