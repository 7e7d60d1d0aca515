using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MtSockets.Fault.Tests.Servers;

/// <summary>Looks into Redis from outside, with the inline form of its protocol: one line of words, one answer.</summary>
internal static class RedisView
{
    /// <summary>Every string in the answer; an integer as its digits; a missing value as nothing.</summary>
    public static async Task<IReadOnlyList<string>> AskAsync(string address, string command)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPEndPoint.Parse(address));
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream, Encoding.UTF8);
        await stream.WriteAsync(Encoding.UTF8.GetBytes(command + "\r\n"));
        var answer = new List<string>();
        await ReadAsync(reader, answer);
        return answer;
    }

    private static async Task ReadAsync(StreamReader reader, List<string> answer)
    {
        var line = await reader.ReadLineAsync() ?? throw new IOException("Redis has closed the connection.");
        switch (line[0])
        {
            case '-':
                throw new InvalidOperationException($"Redis answered {line}");
            case '*':
                for (var left = int.Parse(line.AsSpan(1), CultureInfo.InvariantCulture); left > 0; left--)
                    await ReadAsync(reader, answer);
                break;
            case '$' when line != "$-1":
                answer.Add(await reader.ReadLineAsync() ?? "");
                break;
            case ':' or '+':
                answer.Add(line[1..]);
                break;
        }
    }
}
