namespace MtSockets.TestKit.Brokers;

/// <summary>One Redis and one RabbitMQ for a whole test process, each started when it is first asked for.</summary>
/// <remarks>
/// They end with the process (see supervise.sh), so no fixture has to own them. A start that failed fails each test that
/// asks for it, with the same reason. Tests that share a broker keep apart by the names they choose.
/// </remarks>
public static class SharedBrokers
{
    private static readonly Lazy<Task<ITestBroker>> Redis = new(() => TestBrokers.StartRedisAsync());
    private static readonly Lazy<Task<ITestBroker>> RabbitMq = new(() => TestBrokers.StartRabbitMqAsync());

    public static Task<ITestBroker> RedisAsync() => Redis.Value;

    public static Task<ITestBroker> RabbitMqAsync() => RabbitMq.Value;
}
