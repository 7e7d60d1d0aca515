namespace MtSockets.TestKit.Brokers;

internal readonly record struct RabbitMqPorts(int Amqp, int Distribution, int PortMapper, int Management)
{
    public static RabbitMqPorts Take() => new(FreePort.Next(), FreePort.Next(), FreePort.Next(), FreePort.Next());
}
