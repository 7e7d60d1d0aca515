namespace MtSockets.TestKit.Brokers;

internal readonly record struct RabbitMqPrograms(string Server, string PortMapper)
{
    // Debian's rabbitmq-server on the path is a wrapper that only root and the user rabbitmq may run, and that changes to the
    // latter with su. The script behind it serves everybody, in one process group.
    private const string BehindDebiansWrapper = "/usr/lib/rabbitmq/bin/rabbitmq-server";

    public static RabbitMqPrograms Find() => new(
        InstalledProgram.Find("rabbitmq-server", "rabbitmq-server", TestBrokers.RabbitMqVariable, BehindDebiansWrapper),
        InstalledProgram.Find("epmd", "rabbitmq-server", TestBrokers.RabbitMqVariable));
}
