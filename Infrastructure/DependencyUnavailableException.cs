namespace MtSockets.Infrastructure;

/// <summary>Redis or RabbitMQ could not be asked, or did not answer in time. What was asked may be tried again later.</summary>
internal sealed class DependencyUnavailableException(string dependency, Exception? inner = null)
    : Exception($"{dependency} cannot be reached now.", inner)
{
    public string Dependency { get; } = dependency;
}
