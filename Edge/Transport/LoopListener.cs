using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace MtSockets.Edge.Transport;

/// <summary>Accepts connections at one address and deals them out to the loops.</summary>
internal sealed class LoopListener : IConnectionListener
{
    private const int Backlog = 512;

    private readonly Socket _socket;
    private readonly SocketLoop[] _loops;
    private uint _next;

    public LoopListener(EndPoint endpoint, SocketLoop[] loops)
    {
        _loops = loops;
        try
        {
            _socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
            _socket.Listen(Backlog);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new AddressInUseException(e.Message, e);
        }

        EndPoint = _socket.LocalEndPoint!;
    }

    public EndPoint EndPoint { get; }

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            try
            {
                var socket = await _socket.AcceptAsync(cancellationToken);
                socket.NoDelay = true;
                var connection = new LoopConnection(socket, _loops[_next++ % _loops.Length]);
                connection.Register();
                return connection;
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted })
            {
                return null;
            }
            catch (SocketException)
            {
                // A client that had gone before it was accepted.
            }
        }
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => UnbindAsync();
}
