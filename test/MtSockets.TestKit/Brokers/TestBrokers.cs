namespace MtSockets.TestKit.Brokers;

/// <summary>Brokers for tests that do not care whose they are: the address in the environment where one is set, else a private one.</summary>
/// <remarks>A test that kills its broker or needs options of its own starts <see cref="PrivateRedis"/> or <see cref="PrivateRabbitMq"/> itself.</remarks>
public static class TestBrokers
{
    /// <summary>Address (<c>host:port</c>) of a Redis to use in tests.</summary>
    public const string RedisVariable = "MTSOCKETS_TEST_REDIS";

    /// <summary>Address (<c>host:port</c>) of a RabbitMQ to use in tests, with user and password <c>guest</c>.</summary>
    public const string RabbitMqVariable = "MTSOCKETS_TEST_RABBITMQ";

    public static async Task<ITestBroker> StartRedisAsync(CancellationToken cancellationToken = default) =>
        Given(RedisVariable) ?? (ITestBroker)await PrivateRedis.StartAsync(cancellationToken: cancellationToken);

    public static async Task<ITestBroker> StartRabbitMqAsync(CancellationToken cancellationToken = default) =>
        Given(RabbitMqVariable) ?? (ITestBroker)await PrivateRabbitMq.StartAsync(cancellationToken: cancellationToken);

    private static GivenBroker? Given(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } address ? new GivenBroker(variable, address) : null;
}
