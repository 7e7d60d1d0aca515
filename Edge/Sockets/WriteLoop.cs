namespace MtSockets.Edge.Sockets;

/// <summary>The one writer of a connection: whatever waits in its queue leaves in one write.</summary>
internal static class WriteLoop
{
    /// <summary>Ends when the queue was completed and is empty; or with the exception of the socket.</summary>
    public static async Task RunAsync(SendQueue queue, Stream output, Action<long> onWritten, CancellationToken cancellationToken)
    {
        while (await queue.WaitAsync())
        {
            while (queue.TryTake(out var chunk))
            {
                try
                {
                    await output.WriteAsync(chunk.Memory, cancellationToken);
                }
                finally
                {
                    queue.Written(chunk);
                }

                if (chunk.Seq > 0)
                    onWritten(chunk.Seq);
            }
        }
    }
}
