namespace MtSockets.Fault.Tests.Clients;

/// <summary>How a client behaves.</summary>
internal sealed record ClientOptions
{
    /// <summary>The servers in the order in which they are tried, over and over.</summary>
    public required IReadOnlyList<Uri> Servers { get; init; }

    public required string User { get; init; }

    /// <summary>Called for each message that is new to the application, in order.</summary>
    public Action<ReceivedMessage> OnMessage { get; init; } = static _ => { };

    /// <summary>Silence after which it asks for a sign of life.</summary>
    public TimeSpan PingAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Silence after which it goes to another server; also the longest wait for an ack.</summary>
    public TimeSpan DeadAfter { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The wait before it connects again: random, up to this, doubled with each failure up to <see cref="MaxBackoff"/>.</summary>
    public TimeSpan Backoff { get; init; } = TimeSpan.FromMilliseconds(100);

    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The wait after an error with <c>retry</c>.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Messages after which it confirms; it confirms in each quiet moment besides.</summary>
    public int ConfirmEvery { get; init; } = 20;

    /// <summary>What the operating system takes for it while it does not read; null for the usual megabytes.</summary>
    public int? ReceiveBufferBytes { get; init; }
}
