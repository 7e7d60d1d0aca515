using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MtSockets.Edge.Hosting;
using MtSockets.Edge.Sockets;
using MtSockets.Edge.Users;
using MtSockets.Infrastructure.Inbox;
using MtSockets.TestKit;

namespace MtSockets.Edge.Tests.Sockets;

/// <summary>What is written to a client that has gone: Kestrel takes what it is given all the same.</summary>
public sealed class BrokenClientTests
{
    // Two of them are more than the kernel keeps for a client that does not read.
    private const int LargeBytes = 15 * 1024 * 1024;

    [Fact]
    public async Task PlainClient_ThatBreaksDuringItsReplay_HasNotConfirmedWhatItsSocketDidNotTake()
    {
        await using var application = EdgeApplication.Create(
            [
                "--environment=Development", "--PORT=0", "--SERVER_ID=embedded", "--Drain:SpreadMs=0",
                "--Sockets:MaxFrameBytes=16777216", "--Sockets:SendQueueBytes=67108864",
            ],
            builder => builder.Logging.ClearProviders());
        await application.StartAsync();
        var inbox = application.Services.GetRequiredService<IInbox>();
        var table = application.Services.GetRequiredService<SocketTable>();
        var large = new string('x', LargeBytes);
        string[] bodies = [large, large, "last"];
        await inbox.AppendAsync("bob", Array.ConvertAll(bodies, Message), CancellationToken.None);

        var client = await ConnectAsync(application);
        await Eventually.TrueAsync(() => table.Connections.Any(connection => connection.Session.Cursor == bodies.Length), "the replay is in the queue");
        client.Close(timeout: 0);
        await Eventually.TrueAsync(() => table.IsEmpty, "the connection has ended");
        await application.Services.GetRequiredService<Confirmations>().FlushAsync(CancellationToken.None);

        var next = await inbox.ReadAsync("bob", after: null, count: 1, CancellationToken.None);
        Assert.True(next.After < bodies.Length, $"{next.After} count as received");
        await application.StopAsync();
    }

    private static InboxMessage Message(string body) =>
        new(Encoding.UTF8.GetBytes($$"""{"from":"alice","to":"bob","body":"{{body}}"}"""));

    /// <summary>Returns when the handshake was answered; the client reads nothing behind it.</summary>
    private static async Task<Socket> ConnectAsync(WebApplication application)
    {
        var address = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await client.ConnectAsync(IPAddress.Loopback, new Uri(address).Port);
        await client.SendAsync(
            "GET /ws?user_id=bob HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"u8.ToArray());
        var answer = new byte[12];
        await using var stream = new NetworkStream(client, ownsSocket: false);
        await stream.ReadExactlyAsync(answer);
        Assert.Equal("HTTP/1.1 101", Encoding.ASCII.GetString(answer));
        return client;
    }
}
