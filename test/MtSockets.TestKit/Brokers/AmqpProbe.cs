using System.Buffers.Binary;
using System.Net.Sockets;

namespace MtSockets.TestKit.Brokers;

/// <summary>Logs in as an AMQP 0-9-1 client does, up to an open connection: RabbitMQ accepts sockets before its virtual host is ready.</summary>
/// <remarks>
/// <code>
/// frame:  type(1) channel(2) size(4) payload(size) 0xCE         payload of a method: class(2) method(2) arguments
/// server: Start 10,10    Tune 10,30                OpenOk 10,41    CloseOk 10,51
/// client: StartOk 10,11  TuneOk 10,31, Open 10,40  Close 10,50
/// </code>
/// </remarks>
internal static class AmqpProbe
{
    private const byte MethodFrame = 1;
    private const byte FrameEnd = 0xCE;

    private static ReadOnlyMemory<byte> ProtocolHeader => "AMQP\0\0\u0009\u0001"u8.ToArray();

    // No client properties; mechanism PLAIN with \0user\0password; locale.
    private static byte[] StartOk => [0, 10, 0, 11, 0, 0, 0, 0, 5, .. "PLAIN"u8, 0, 0, 0, 12, .. "\0guest\0guest"u8, 5, .. "en_US"u8];

    private static byte[] Open => [0, 10, 0, 40, 1, (byte)'/', 0, 0];

    private static byte[] Close => [0, 10, 0, 50, 0, 200, 0, 0, 0, 0, 0];

    public static async Task<bool> OpensConnectionAsync(int port, CancellationToken cancellationToken)
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync("127.0.0.1", port, cancellationToken);
        await using var stream = tcp.GetStream();

        await stream.WriteAsync(ProtocolHeader, cancellationToken);
        if (!IsMethod(await ReadMethodAsync(stream, cancellationToken), 10))
        {
            return false;
        }

        await SendMethodAsync(stream, StartOk, cancellationToken);
        var tune = await ReadMethodAsync(stream, cancellationToken);
        if (!IsMethod(tune, 30))
        {
            return false;
        }

        // The server's own limits back to it, and no heartbeats.
        await SendMethodAsync(stream, [0, 10, 0, 31, .. tune.AsSpan(4, 6), 0, 0], cancellationToken);
        await SendMethodAsync(stream, Open, cancellationToken);
        var opened = IsMethod(await ReadMethodAsync(stream, cancellationToken), 41);

        // Without a proper end the broker logs an error for each probe.
        await SendMethodAsync(stream, Close, cancellationToken);
        await ReadMethodAsync(stream, cancellationToken);
        return opened;
    }

    private static bool IsMethod(byte[] payload, ushort method) =>
        payload.Length >= 4
        && BinaryPrimitives.ReadUInt16BigEndian(payload) == 10
        && BinaryPrimitives.ReadUInt16BigEndian(payload.AsSpan(2)) == method;

    private static async Task SendMethodAsync(NetworkStream stream, byte[] payload, CancellationToken cancellationToken)
    {
        byte[] frame = [MethodFrame, 0, 0, 0, 0, 0, 0, .. payload, FrameEnd];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(3), payload.Length);
        await stream.WriteAsync(frame, cancellationToken);
    }

    private static async Task<byte[]> ReadMethodAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        var header = new byte[7];
        await stream.ReadExactlyAsync(header, cancellationToken);
        var rest = new byte[BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(3)) + 1];
        await stream.ReadExactlyAsync(rest, cancellationToken);
        return rest[..^1];
    }
}
