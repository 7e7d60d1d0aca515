using System.Net.Sockets;
using MtSockets.Cluster.Tests.Servers;
using MtSockets.TestKit;
using MtSockets.TestKit.Sockets;
using Xunit;

namespace MtSockets.Cluster.Tests.BadInput;

/// <summary>More clients than the operating system lets the server have files.</summary>
public sealed class NoFilesLeftTests : IAsyncLifetime
{
    private EdgeProcess _process = null!;

    public async Task InitializeAsync() => _process = await EdgeProcess.StartAsync([], "Development");

    public async Task DisposeAsync() => await _process.DisposeAsync();

    [Fact]
    public async Task Connect_NoFileIsLeft_OthersGoOnAndWhoCameIsAcceptedOnceThereIs()
    {
        await using var alice = await TestClient.ConnectAsync(_process.Address, "alice");
        await using var bob = await TestClient.ConnectAsync(_process.Address, "bob");
        await alice.SendAsync("bob", "before");
        await bob.ReceiveAsync();
        // An eighth of all is kept from clients.
        await _process.LimitFilesAsync(more: 100);

        var crowd = new List<TcpClient>();
        try
        {
            for (var i = 0; i < 150; i++)
            {
                crowd.Add(new TcpClient());
                await ConnectAsync(crowd[i]);
            }

            await Eventually.TrueAsync(() => _process.Output.Contains("No connection can be accepted", StringComparison.Ordinal), "it says so");
            await alice.SendAsync("bob", "meanwhile");
            Assert.Contains("meanwhile", await bob.ReceiveAsync(), StringComparison.Ordinal);
        }
        finally
        {
            crowd.ForEach(client => client.Dispose());
        }

        await using var carol = await TestClient.ConnectAsync(_process.Address, "carol");
        await carol.SendAsync("bob", "after");
        Assert.Contains("after", await bob.ReceiveAsync(), StringComparison.Ordinal);
    }

    private async Task ConnectAsync(TcpClient client)
    {
        try
        {
            await client.ConnectAsync(_process.Address.Host, _process.Address.Port);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            // One of those who came too late.
        }
    }
}
