using System.ComponentModel;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace MtSockets.Edge.Transport;

/// <summary>Accepts connections at one address and deals them out to the loops.</summary>
internal sealed partial class LoopListener : IConnectionListener
{
    private const int Backlog = 512;

    // Until somebody else may have closed something.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly Socket _socket;
    private readonly SocketLoop[] _loops;
    private readonly Func<int> _filesForClients;
    private readonly ILogger _logger;
    private uint _next;

    public LoopListener(EndPoint endpoint, SocketLoop[] loops, Func<int> filesForClients, ILogger logger)
    {
        (_loops, _filesForClients, _logger) = (loops, filesForClients, logger);
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
                if (IsOneTooMany(socket))
                    await RefuseAsync(socket, cancellationToken);
                else if (TryRegister(socket) is { } connection)
                    return connection;
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted })
            {
                return null;
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionAborted or SocketError.ConnectionReset)
            {
                // A client that had gone before it was accepted.
            }
            catch (SocketException e)
            {
                Log.NotAccepted(_logger, EndPoint, e.SocketErrorCode);
                // No file or no memory is left. Who asks again at once gets the same answer at once, and none would ever become free on this thread.
                await Task.Delay(Pause, TimeProvider.System, cancellationToken);
            }
        }
    }

    private bool IsOneTooMany(Socket socket) => socket.SafeHandle.DangerousGetHandle() >= _filesForClients();

    /// <summary>The client is reset, and may find another server. Not each at once: who connects again and again would have this thread for himself.</summary>
    private async Task RefuseAsync(Socket socket, CancellationToken cancellationToken)
    {
        socket.Close(timeout: 0);
        Log.NotAccepted(_logger, EndPoint, SocketError.TooManyOpenSockets);
        await Task.Delay(Pause, TimeProvider.System, cancellationToken);
    }

    /// <summary>Null where it could not be done: the fault of this one connection, after which the others are still to be accepted.</summary>
    private LoopConnection? TryRegister(Socket socket)
    {
        LoopConnection? connection = null;
        try
        {
            socket.NoDelay = true;
            connection = new LoopConnection(socket, _loops[_next++ % _loops.Length]);
            connection.Register();
            return connection;
        }
        catch (Win32Exception)
        {
            connection?.Abort();
            socket.Dispose();
            return null;
        }
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => UnbindAsync();

    private static partial class Log
    {
        [LoggerMessage(1081, LogLevel.Warning, "No connection can be accepted at {EndPoint} now: {Error}")]
        public static partial void NotAccepted(ILogger logger, EndPoint endPoint, SocketError error);
    }
}
