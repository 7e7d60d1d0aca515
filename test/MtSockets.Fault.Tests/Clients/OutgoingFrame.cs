namespace MtSockets.Fault.Tests.Clients;

/// <summary>A message that was not acknowledged yet.</summary>
internal sealed class OutgoingFrame(string id, byte[] frame)
{
    private readonly TaskCompletionSource<long> _acked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Id { get; } = id;

    public byte[] Frame { get; } = frame;

    /// <summary>When it went out last, as a time stamp; 0 for never.</summary>
    public long SentAt { get; set; }

    public Task<long> Acked => _acked.Task;

    public void Ack(long seq) => _acked.TrySetResult(seq);

    public void Fail(Exception exception) => _acked.TrySetException(exception);
}
