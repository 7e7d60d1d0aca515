using System.Net.WebSockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.ObjectPool;
using Microsoft.Extensions.Options;
using MtSockets.Edge.Protocol;
using MtSockets.Edge.Transport;
using MtSockets.Edge.Users;

namespace MtSockets.Edge.Sockets;

/// <summary>Runs an open connection: one reader, one writer, and whoever comes first to end it. Close is sent before abort.</summary>
internal sealed partial class ConnectionLifetime(
    ObjectPool<InboundFrames> pool,
    Confirmations confirmations,
    IOptions<SocketOptions> options,
    SocketMetrics metrics,
    ILogger<ConnectionLifetime> logger)
{
    /// <summary>Returns why the connection ended, once nothing of it runs any more.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="socket">Its socket, open.</param>
    /// <param name="stream">What lies under the socket.</param>
    /// <param name="output">Whether its client takes what is written; null where nobody knows.</param>
    /// <param name="leave">Called as soon as the end begins: from then on nothing more may be given to it.</param>
    /// <param name="abort">Cuts the connection.</param>
    public async Task<CloseReason> RunAsync(Connection connection, WebSocket socket, SocketStream stream, IOutputFeature? output, Action leave, Action abort)
    {
        connection.Stream = stream;
        connection.Session.Start();
        var reading = new ReceiveLoop(connection, socket, stream, pool, options.Value, metrics).RunAsync(CancellationToken.None);
        var writing = WriteLoop.RunAsync(
            connection.Queue, stream.Inner, seq => Confirm(connection.UserId, seq, output), CancellationToken.None);
        try
        {
            await Task.WhenAny(reading, writing, connection.Closing);
            var reason = await ReasonAsync(reading, connection);
            connection.Close(reason);
            leave();
            await CloseAsync(socket, connection, reason, reading, writing);
            return reason;
        }
        finally
        {
            connection.Queue.Complete();
            // After an orderly end the server underneath still has to send what it was given: an abort would drop that.
            if (!reading.IsCompleted || !writing.IsCompleted)
                abort();
            await EndedAsync(reading);
            await EndedAsync(writing);
        }
    }

    private void Confirm(string userId, long seq, IOutputFeature? output)
    {
        // What was written to a client that had gone is still owed to the user.
        if (output is not { HasEnded: true })
            confirmations.Record(userId, seq);
    }

    private async Task<CloseReason> ReasonAsync(Task reading, Connection connection)
    {
        if (connection.Closing.IsCompleted)
            return await connection.Closing;
        if (reading.IsCompletedSuccessfully)
            return CloseReason.Normal;
        if (reading.Exception?.GetBaseException() is { } fault && !IsTransportFault(fault))
        {
            Log.Failed(logger, fault, connection.Id);
            return CloseReason.InternalError;
        }

        return CloseReason.Lost;
    }

    /// <summary>Sends the close frame behind what waits, and gives the client a moment to take it and to answer.</summary>
    private async Task CloseAsync(WebSocket socket, Connection connection, CloseReason reason, Task reading, Task writing)
    {
        try
        {
            // The framework itself has told the client of a fault in the protocol; a connection that is lost takes no more words.
            if (reason != CloseReason.Lost && socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                await socket.CloseOutputAsync((WebSocketCloseStatus)reason.Code, reason.Text, CancellationToken.None);
            connection.Queue.Complete();
            // The writer first: with it everything has been said. Then the client's own close frame.
            await Task.WhenAll(EndedAsync(writing), EndedAsync(reading)).WaitAsync(TimeSpan.FromMilliseconds(options.Value.CloseTimeoutMs));
        }
        catch (Exception e) when (e is TimeoutException || IsTransportFault(e))
        {
            Log.ClosedHard(logger, connection.Id, e.Message);
        }
    }

    private static async Task EndedAsync(Task task) =>
        await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private static bool IsTransportFault(Exception e) =>
        e is WebSocketException or IOException or ConnectionAbortedException or ConnectionResetException or OperationCanceledException
            or ObjectDisposedException or System.Net.Sockets.SocketException;

    private static partial class Log
    {
        [LoggerMessage(1001, LogLevel.Error, "Connection {ConnectionId} failed in an unexpected way")]
        public static partial void Failed(ILogger logger, Exception exception, string connectionId);

        [LoggerMessage(1002, LogLevel.Debug, "Connection {ConnectionId} was ended without the client's close frame: {Reason}")]
        public static partial void ClosedHard(ILogger logger, string connectionId, string reason);
    }
}
