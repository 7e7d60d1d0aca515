using System.Net.Sockets;
using System.Text;

namespace MtSockets.TestKit.Brokers;

internal static class RedisProbe
{
    /// <summary>Whether PING is answered by PONG. A Redis that still loads its data answers with an error.</summary>
    public static async Task<bool> AnswersPingAsync(int port, string? password, CancellationToken cancellationToken)
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync("127.0.0.1", port, cancellationToken);
        await using var stream = tcp.GetStream();
        using var reader = new StreamReader(stream, Encoding.UTF8, leaveOpen: true);
        if (password is not null)
        {
            await SendAsync(stream, ["AUTH", password], cancellationToken);
            if (await reader.ReadLineAsync(cancellationToken) != "+OK")
            {
                return false;
            }
        }

        await SendAsync(stream, ["PING"], cancellationToken);
        return await reader.ReadLineAsync(cancellationToken) == "+PONG";
    }

    // RESP: an array of bulk strings, each with its length in bytes.
    private static async Task SendAsync(NetworkStream stream, string[] command, CancellationToken cancellationToken)
    {
        var text = new StringBuilder($"*{command.Length}\r\n");
        foreach (var part in command)
        {
            text.Append($"${Encoding.UTF8.GetByteCount(part)}\r\n{part}\r\n");
        }

        await stream.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), cancellationToken);
    }
}
