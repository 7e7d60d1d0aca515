using StackExchange.Redis;

namespace MtSockets.Infrastructure.Redis;

/// <summary>
/// A key that somebody else has written to and that is not of the type it must be. It is one user's misfortune: in a call for many it must not
/// fail the others, and trying again does not help.
/// </summary>
internal static class RedisGarbage
{
    /// <summary>The answer, or none where the key is of a wrong type.</summary>
    public static async Task<T?> ToDefaultAsync<T>(Task<T> answer)
    {
        try
        {
            return await answer;
        }
        catch (RedisServerException e) when (e.Message.Contains("WRONGTYPE", StringComparison.Ordinal))
        {
            // Of a script the error begins with the script.
            return default;
        }
    }
}
