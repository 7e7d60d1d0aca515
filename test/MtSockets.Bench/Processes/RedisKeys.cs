using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MtSockets.Bench.Processes;

/// <summary>Asks Redis which keys exist, in its own protocol: the tool needs one command, not a client library.</summary>
internal static class RedisKeys
{
    private const int KeysEachCommand = 1000;

    public static bool AllExist(string address, IEnumerable<string> keys)
    {
        using var client = new TcpClient();
        client.Connect(IPEndPoint.Parse(address));
        using var stream = client.GetStream();
        using var reader = new StreamReader(stream, Encoding.ASCII);
        foreach (var some in keys.Chunk(KeysEachCommand))
        {
            // The inline form: a line of words; the answer is ":n".
            stream.Write(Encoding.ASCII.GetBytes($"EXISTS {string.Join(' ', some)}\r\n"));
            var answer = reader.ReadLine() ?? "";
            if (!answer.StartsWith(':'))
                throw new InvalidOperationException($"Redis answered {answer}");
            if (int.Parse(answer.AsSpan(1), CultureInfo.InvariantCulture) < some.Length)
                return false;
        }

        return true;
    }
}
