using System.Net.Sockets;
using MtSockets.Edge.Transport;

namespace MtSockets.Edge.Tests.Transport;

public sealed class LoopListenerTests
{
    [Fact]
    public async Task AcceptAsync_WithoutAFileForClients_ResetsTheClientAndAcceptsTheNextWhenThereIsOne()
    {
        var files = 0;
        await using var listener = LoopPair.Listen(() => Volatile.Read(ref files));
        using var refused = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using var accepted = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var accepting = listener.AcceptAsync().AsTask();

        // The reset may be there before the client sees that it is connected.
        var reset = await Assert.ThrowsAsync<SocketException>(async () =>
        {
            await refused.ConnectAsync(listener.EndPoint);
            await refused.ReceiveAsync(new byte[1]).WaitAsync(LoopPair.Bound);
        });
        Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
        Assert.False(accepting.IsCompleted);
        Volatile.Write(ref files, int.MaxValue);
        await accepted.ConnectAsync(listener.EndPoint);

        await using var connection = await accepting.WaitAsync(LoopPair.Bound);
        Assert.Equal(accepted.LocalEndPoint, connection!.RemoteEndPoint);
    }

    [Fact]
    public void OpenFiles_ForClients_AreFewerThanThereMayBe() => Assert.InRange(OpenFiles.ForClients(), 1, int.MaxValue - 1);
}
