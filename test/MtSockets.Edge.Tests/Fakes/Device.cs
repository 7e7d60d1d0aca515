using System.Text;
using MtSockets.Edge.Protocol;
using MtSockets.Edge.Sockets;

namespace MtSockets.Edge.Tests.Fakes;

/// <summary>A client's connection without its socket: a test reads what waits for it, and leaves.</summary>
internal sealed class Device
{
    private readonly TestServer _server;
    private readonly Queue<string> _read = new();

    private Device(TestServer server, Connection connection, LocalUser user)
    {
        _server = server;
        Inbound = new InboundFrames(server.Get<InboundContext>());
        Connection = connection;
        User = user;
    }

    public Connection Connection { get; }

    public LocalUser User { get; }

    /// <summary>What its reader does with the frames it sends.</summary>
    public InboundFrames Inbound { get; }

    public static async Task<Device> ConnectAsync(TestServer server, string userId, Dialect dialect, long? lastSeq)
    {
        var connection = server.Get<ConnectionFactory>().Create(userId, dialect, lastSeq);
        var user = server.Table.Add(connection);
        await server.Registrar.EnterAsync(user, CancellationToken.None);
        connection.Session.Start();
        return new Device(server, connection, user);
    }

    /// <summary>As if these frames had come with one read of the socket.</summary>
    public async Task SendAsync(params string[] frames)
    {
        foreach (var frame in frames)
        {
            while (!Inbound.TryHandle(Connection, Encoding.UTF8.GetBytes(frame)))
                await Inbound.RouteAsync(Connection, CancellationToken.None);
        }

        await Inbound.RouteAsync(Connection, CancellationToken.None);
    }

    /// <summary>The next text frame that was given to this connection.</summary>
    public async Task<string> NextAsync()
    {
        while (_read.Count == 0)
        {
            Assert.True(await Connection.Queue.WaitAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10)), "The connection has ended.");
            TakeWaiting();
        }

        return _read.Dequeue();
    }

    public async Task<string[]> NextAsync(int count)
    {
        var frames = new string[count];
        for (var i = 0; i < count; i++)
            frames[i] = await NextAsync();
        return frames;
    }

    /// <summary>Fails where anything was given to this connection before a frame that is given to it now.</summary>
    public async Task ExpectNothingAsync()
    {
        Connection.Send("marker"u8);
        Assert.Equal("marker", await NextAsync());
    }

    /// <summary>The connection has ended, as the endpoint would end it.</summary>
    public async Task LeaveAsync()
    {
        _server.Table.Remove(User, Connection);
        Connection.Queue.Complete();
        await Connection.Session.DisposeAsync();
        await _server.Registrar.LeaveAsync(User, CancellationToken.None);
    }

    private void TakeWaiting()
    {
        while (Connection.Queue.TryTake(out var chunk))
        {
            foreach (var frame in WireFrame.ParseAll(chunk.Memory.Span))
                _read.Enqueue(frame.Text);
            Connection.Queue.Written(chunk);
        }
    }
}
