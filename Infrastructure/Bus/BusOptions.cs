using System.ComponentModel.DataAnnotations;

namespace MtSockets.Infrastructure.Bus;

/// <summary>How this server reaches RabbitMQ. The address and the credentials come from the <c>RABBITMQ_</c> variables.</summary>
public sealed record BusOptions
{
    /// <summary>The section of the configuration: <c>Bus__PublishTimeoutMs</c> in the environment.</summary>
    public const string Section = "Bus";

    /// <summary>Host and port, or empty for embedded mode.</summary>
    public string Address { get; set; } = "";

    /// <summary>The user. Default <c>guest</c>.</summary>
    public string User { get; set; } = "guest";

    /// <summary>The password. Default <c>guest</c>.</summary>
    public string Password { get; set; } = "guest";

    /// <summary>The virtual host. Default <c>/</c>.</summary>
    public string VirtualHost { get; set; } = "/";

    /// <summary>Milliseconds a publish may wait for its confirm before its messages count as not sent. Default 5000.</summary>
    [Range(100, 60_000)]
    public int PublishTimeoutMs { get; set; } = 5000;

    /// <summary>Batches that RabbitMQ may send ahead of the one being handled. Default 64.</summary>
    [Range(1, 10_000)]
    public int Prefetch { get; set; } = 64;
}
