using System.Net;
using MtSockets.Cluster.Tests.Servers;
using MtSockets.TestKit.Sockets;
using Xunit;

namespace MtSockets.Cluster.Tests.Embedded;

/// <summary>The real program with nothing set and nothing installed, as <c>dotnet run --project Edge</c> starts it.</summary>
public sealed class EmbeddedProcessTests : IAsyncLifetime
{
    private EdgeProcess _process = null!;

    public async Task InitializeAsync() => _process = await EdgeProcess.StartAsync([], "Development");

    public async Task DisposeAsync() => await _process.DisposeAsync();

    [Fact]
    public async Task Start_NothingSet_TwoUsersTalk()
    {
        await using var alice = await TestClient.ConnectAsync(_process.Address, "alice");
        await using var bob = await TestClient.ConnectAsync(_process.Address, "bob");

        await alice.SendAsync("bob", "hello");
        Assert.Equal("""{"from":"alice","to":"bob","body":"hello"}""", await bob.ReceiveAsync());
        await bob.SendAsync("alice", "hello yourself");
        Assert.Equal("""{"from":"bob","to":"alice","body":"hello yourself"}""", await alice.ReceiveAsync());
    }

    [Fact]
    public async Task Start_NothingSet_KeepsMessagesForWhoComesLaterAndAcknowledges()
    {
        await using var alice = await TestClient.ConnectAsync(_process.Address, "alice", "mtsockets.v1");
        Assert.Contains("\"welcome\"", await alice.ReceiveAsync(), StringComparison.Ordinal);

        await alice.SendTextAsync("""{"to":"bob","body":"while you were away","id":"a-1"}""");
        Assert.Contains("\"ack\"", await alice.ReceiveAsync(), StringComparison.Ordinal);
        await using var bob = await TestClient.ConnectAsync(_process.Address, "bob");

        Assert.Equal("""{"from":"alice","to":"bob","body":"while you were away"}""", await bob.ReceiveAsync());
    }

    [Fact]
    public async Task Get_Root_ServesThePage()
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var answer = await http.GetAsync(_process.Address);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("text/html", answer.Content.Headers.ContentType?.MediaType);
        var page = await answer.Content.ReadAsStringAsync();
        Assert.Contains("new WebSocket(", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_NothingSet_PrintsTheAddressAndWhatToTry_AndEndsWithZero()
    {
        Assert.Equal("{\"message\":\"server up!!!\"}", await _process.GetStringAsync("/health"));

        await _process.SignalAsync("TERM");

        Assert.Equal(0, await _process.ExitAsync());
        Assert.Contains($"http://localhost:{_process.Address.Port}/", _process.Output, StringComparison.Ordinal);
        Assert.Contains("/ws?user_id=alice", _process.Output, StringComparison.Ordinal);
    }
}
