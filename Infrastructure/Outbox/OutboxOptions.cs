using System.ComponentModel.DataAnnotations;

namespace MtSockets.Infrastructure.Outbox;

/// <summary>How much may wait for one other server.</summary>
public sealed record OutboxOptions
{
    /// <summary>The section of the configuration: <c>Outbox__MaxBytes</c> in the environment.</summary>
    public const string Section = "Outbox";

    /// <summary>Bytes that may wait for one server; above it, senders get the error <c>overloaded</c>. Default 8 MiB.</summary>
    [Range(64 * 1024, 1024 * 1024 * 1024)]
    public int MaxBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>Bytes after which a batch is closed. Default 256 KiB: large enough that the cost of a publish no longer counts.</summary>
    [Range(1024, 16 * 1024 * 1024)]
    public int MaxBatchBytes { get; set; } = 256 * 1024;
}
