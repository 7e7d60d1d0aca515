using System.ComponentModel.DataAnnotations;

namespace MtSockets.Infrastructure.Redis;

/// <summary>How long a call to Redis may take. The address comes from <c>REDIS_ADDR</c> and <c>REDIS_PASSWORD</c>.</summary>
public sealed record RedisOptions
{
    /// <summary>The section of the configuration: <c>Redis__CallTimeoutMs</c> in the environment.</summary>
    public const string Section = "Redis";

    /// <summary>Host and port, or empty for embedded mode.</summary>
    public string Address { get; set; } = "";

    /// <summary>The password, or empty.</summary>
    public string Password { get; set; } = "";

    /// <summary>Milliseconds after which a call counts as failed. Default 1000: far above a healthy Redis, far below a client's patience.</summary>
    [Range(10, 60_000)]
    public int CallTimeoutMs { get; set; } = 1000;

    /// <summary>Milliseconds for which calls fail at once after half of them have failed. Default 500.</summary>
    [Range(500, 60_000)]
    public int BreakMs { get; set; } = 500;
}
