using System.Globalization;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Http.Features;
using MtSockets.Contracts;
using MtSockets.Edge.Hosting;
using MtSockets.Edge.Protocol;
using MtSockets.Edge.Transport;
using MtSockets.Edge.Users;

namespace MtSockets.Edge.Sockets;

/// <summary>
/// <c>GET /ws?user_id=alice</c>. The user is entered into the registry before the handshake is answered: a client that
/// sees its socket open can be reached by everybody.
/// </summary>
internal sealed class WebSocketEndpoint(
    SocketTable table,
    UserRegistrar registrar,
    ConnectionFactory connections,
    ConnectionLifetime lifetime,
    DrainState drain,
    ConnectionEvents events,
    SocketMetrics metrics)
{
    public Task HandleAsync(HttpContext context)
    {
        var userId = context.Request.Query["user_id"].ToString();
        if (userId.Length == 0)
            return RefuseAsync(context, StatusCodes.Status400BadRequest, "user_id required");
        if (!UserId.IsValid(userId, out var reason))
            return RefuseAsync(context, StatusCodes.Status400BadRequest, "user_id " + reason);
        if (!context.WebSockets.IsWebSocketRequest)
            return RefuseAsync(context, StatusCodes.Status400BadRequest, "a WebSocket handshake is required");
        if (drain.IsDraining)
            return RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, "the server is shutting down; connect again");
        if (!TryReadLastSeq(context.Request.Query, out var lastSeq))
            return RefuseAsync(context, StatusCodes.Status400BadRequest, "last_seq must be a number from 0 on");
        return RunAsync(context, connections.Create(userId, DialectOf(context), lastSeq));
    }

    private static Dialect DialectOf(HttpContext context) =>
        context.WebSockets.WebSocketRequestedProtocols.Contains(Subprotocol.V1) ? Dialect.V1 : Dialect.Plain;

    private static bool TryReadLastSeq(IQueryCollection query, out long? lastSeq)
    {
        lastSeq = null;
        if (!query.TryGetValue("last_seq", out var text))
            return true;
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return false;
        lastSeq = number;
        return true;
    }

    private async Task RunAsync(HttpContext context, Connection connection)
    {
        var reason = CloseReason.Lost;
        var user = table.Add(connection);
        try
        {
            await registrar.EnterAsync(user, context.RequestAborted);

            var upgrade = (SocketUpgradeFeature)context.Features.Get<IHttpUpgradeFeature>()!;
            upgrade.Queue = connection.Queue;
            // Not disposed after a fault: that would cut the connection before the framework's close frame has left.
            var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
            {
                KeepAliveInterval = TimeSpan.Zero,
                SubProtocol = connection.Dialect == Dialect.V1 ? Subprotocol.V1 : null,
            });
            // Nobody reads them any more, and the connection may live for days.
            context.Request.Headers.Clear();
            // Nothing of what goes on with its frames blocks.
            context.Features.Get<IInlineFeature>()?.GoInline();
            metrics.ConnectionOpened();
            events.Opened(connection);
            var output = context.Features.Get<IOutputFeature>();
            reason = await lifetime.RunAsync(connection, socket, upgrade.Stream!, output, () => table.Remove(user, connection), context.Abort);
            if (socket.State != WebSocketState.Aborted)
                socket.Dispose();
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client left during its own handshake.
        }
        finally
        {
            table.Remove(user, connection);
            connection.Queue.Complete();
            await registrar.LeaveAsync(user, CancellationToken.None);
            await connection.Session.DisposeAsync();
            if (connection.Stream is not null)
            {
                metrics.ConnectionClosed(reason);
                events.Closed(connection, reason);
            }
        }
    }

    private static Task RefuseAsync(HttpContext context, int status, string message)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new { message, error = (string?)null });
    }
}
