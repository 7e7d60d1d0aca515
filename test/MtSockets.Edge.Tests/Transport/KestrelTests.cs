using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using MtSockets.Edge.Sockets;
using MtSockets.Edge.Transport;

namespace MtSockets.Edge.Tests.Transport;

/// <summary>Kestrel on these sockets, with and without TLS.</summary>
public sealed class KestrelTests : IAsyncLifetime
{
    private readonly X509Certificate2 _certificate = SelfMade.Certificate();
    private WebApplication? _application;
    private Uri _plain = new("http://127.0.0.1");
    private Uri _secure = new("https://127.0.0.1");

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IConnectionListenerFactory>(new LoopTransport(Options.Create(new SocketOptions { EventLoops = 2 }), NullLogger<LoopTransport>.Instance));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(_certificate));
        });
        _application = builder.Build();
        _application.MapGet("/", () => "hello");
        _application.MapGet("/large", context => context.Response.Body.WriteAsync(LoopPair.Bytes(8_000_000)).AsTask());
        _application.MapPost("/echo", async context =>
        {
            // From here on as after a WebSocket's handshake.
            if (context.Request.Query.ContainsKey("inline"))
                context.Features.Get<IInlineFeature>()!.GoInline();
            await context.Request.Body.CopyToAsync(context.Response.Body);
        });
        _application.MapPost("/unread", () => "not wanted");
        await _application.StartAsync();
        var addresses = _application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        _plain = new Uri(addresses.Single(address => address.StartsWith("http:", StringComparison.Ordinal)));
        _secure = new Uri(addresses.Single(address => address.StartsWith("https:", StringComparison.Ordinal)));
    }

    public async Task DisposeAsync()
    {
        await _application!.StopAsync();
        await _application.DisposeAsync();
        _certificate.Dispose();
    }

    [Theory]
    [InlineData(false, "/echo")]
    [InlineData(false, "/echo?inline")]
    [InlineData(true, "/echo")]
    [InlineData(true, "/echo?inline")]
    public async Task Post_OfBodiesOfManySizesOnKeptConnections_ComesBackWhole(bool isSecure, string path)
    {
        using var http = Client(isSecure);
        foreach (var size in new[] { 0, 1, 100, 4095, 4096, 16_384, 16_385, 100_000, 3_000_000 })
        {
            var body = LoopPair.Bytes(size, seed: size);
            using var content = new ByteArrayContent(body);
            using var response = await http.PostAsync(path, content);
            Assert.Equal(body, await response.Content.ReadAsByteArrayAsync());
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Get_OfALargeAnswer_ComesWhole(bool isSecure)
    {
        using var http = Client(isSecure);

        Assert.Equal(LoopPair.Bytes(8_000_000), await http.GetByteArrayAsync("/large"));
        using var head = await http.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/none"));
        Assert.Equal(HttpStatusCode.NotFound, head.StatusCode);
        Assert.Equal("hello", await http.GetStringAsync("/"));
    }

    [Fact]
    public async Task Requests_ThatAreSentAtOnce_AreAnsweredInOrder()
    {
        using var client = await ConnectAsync();
        var requests = new StringBuilder();
        for (var i = 0; i < 200; i++)
            requests.Append($"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\n<{i:0000}>");

        await client.SendAsync(Encoding.ASCII.GetBytes(requests + Last));

        var answers = await ReadToEndAsync(client);
        Assert.Equal(
            Enumerable.Range(0, 200).Select(i => $"<{i:0000}>"),
            System.Text.RegularExpressions.Regex.Matches(answers, "<[0-9]{4}>").Select(match => match.Value));
        Assert.EndsWith("hello", Body(answers), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_ThatComesByteByByte_IsAnswered()
    {
        using var client = await ConnectAsync();

        foreach (var one in Encoding.ASCII.GetBytes(Last))
            await client.SendAsync(new[] { one });

        Assert.Contains("hello", await ReadToEndAsync(client), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(30_000, "200")]
    [InlineData(40_000, "431")]
    [InlineData(400_000, "431")]
    public async Task Request_WithALongHeader_IsAnsweredOrToldWhyNot(int length, string status)
    {
        using var client = await ConnectAsync();

        await client.SendAsync(Encoding.ASCII.GetBytes(Last.Replace("Host: x", "Host: x\r\nX-Long: " + new string('x', length), StringComparison.Ordinal)));

        var bytes = new byte[12];
        await using var stream = new NetworkStream(client, ownsSocket: false);
        await stream.ReadExactlyAsync(bytes).AsTask().WaitAsync(LoopPair.Bound);
        Assert.Equal("HTTP/1.1 " + status, Encoding.ASCII.GetString(bytes));
    }

    [Fact]
    public async Task Post_WhoseBodyNobodyReads_LeavesTheConnectionUsable()
    {
        using var http = Client(isSecure: false);
        using var content = new ByteArrayContent(new byte[200_000]);

        using var response = await http.PostAsync("/unread", content);

        Assert.Equal("not wanted", await response.Content.ReadAsStringAsync());
        Assert.Equal("hello", await http.GetStringAsync("/"));
    }

    [Fact]
    public async Task StopAsync_WithAConnectionThatIsKept_ClosesItInOrder()
    {
        using var client = await ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
        await client.ReceiveAsync(new byte[1]);

        await _application!.StopAsync().WaitAsync(LoopPair.Bound);

        Assert.EndsWith("hello", Body(await ReadToEndAsync(client)), StringComparison.Ordinal);
    }

    private const string Last = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

    // A chunked answer ends in a line of its own.
    private static string Body(string answers) => answers.TrimEnd('0', '\r', '\n');

    private static async Task<string> ReadToEndAsync(Socket client)
    {
        await using var stream = new NetworkStream(client, ownsSocket: false);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        return await reader.ReadToEndAsync().WaitAsync(LoopPair.Bound);
    }

    private HttpClient Client(bool isSecure)
    {
        var handler = new SocketsHttpHandler { MaxConnectionsPerServer = 1 };
        handler.SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, given, _, _) => given is not null && given.GetCertHashString() == _certificate.GetCertHashString() };
        return new HttpClient(handler) { BaseAddress = isSecure ? _secure : _plain };
    }

    private async Task<Socket> ConnectAsync()
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, _plain.Port);
        return client;
    }
}
