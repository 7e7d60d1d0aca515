using System.Threading.Channels;

namespace MtSockets.Cluster.Tests.Brokers;

public static class ChannelReading
{
    /// <summary>The next item, within 10 s.</summary>
    public static async Task<T> NextAsync<T>(this ChannelReader<T> reader, TimeSpan? within = null)
    {
        using var bound = new CancellationTokenSource(within ?? TimeSpan.FromSeconds(10));
        try
        {
            return await reader.ReadAsync(bound.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"No {typeof(T).Name} came.");
        }
    }

    /// <summary>The next item that fits, within 10 s; what does not fit is thrown away.</summary>
    public static async Task<T> NextAsync<T>(this ChannelReader<T> reader, Func<T, bool> fits, TimeSpan? within = null)
    {
        while (true)
        {
            var item = await reader.NextAsync(within);
            if (fits(item))
                return item;
        }
    }
}
