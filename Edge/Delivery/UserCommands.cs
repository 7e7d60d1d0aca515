using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.Extensions.Options;
using MtSockets.Consumers.Commands;
using MtSockets.Contracts;
using MtSockets.Contracts.Bus;
using MtSockets.Contracts.Commands;
using MtSockets.Edge.Protocol;
using MtSockets.Edge.Routing;
using MtSockets.Edge.Sockets;
using MtSockets.Infrastructure;
using MtSockets.Infrastructure.Outbox;

namespace MtSockets.Edge.Delivery;

/// <summary>Carries out the commands of other services with the same router that the clients' frames take.</summary>
internal sealed class UserCommands(Router router, RouteResolver resolver, SocketTable table, ServerOutboxes outboxes, IOptions<SocketOptions> options)
    : IUserCommands
{
    /// <summary>Whom a broadcast says it is for.</summary>
    private const string Everybody = "*";

    public async ValueTask<SendToUserResult> SendAsync(SendToUser command, CancellationToken cancellationToken)
    {
        if (!TryMakeFrame(command.From, command.To, command.Body, out var frame, out var complaint))
            return new SendToUserResult(SendOutcome.Rejected, complaint);
        if (router.TryDeliverLocally(command.To, frame))
            return new SendToUserResult(SendOutcome.Sent);
        var outcome = (await router.RouteAsync([new OutgoingMessage(command.To, frame, Origin: null)], cancellationToken))[0];
        return outcome switch
        {
            RouteOutcome.Stored => new SendToUserResult(SendOutcome.Stored),
            RouteOutcome.Unavailable or RouteOutcome.Overloaded =>
                new SendToUserResult(SendOutcome.Unavailable, "Redis or RabbitMQ does not take the message now."),
            RouteOutcome.BodyNotText => new SendToUserResult(SendOutcome.Rejected, "The recipient's server takes only a text as body."),
            _ => new SendToUserResult(SendOutcome.Sent),
        };
    }

    public ValueTask<string?> BroadcastAsync(Broadcast command, CancellationToken cancellationToken)
    {
        if (!TryMakeFrame(command.From, Everybody, command.Body, out var frame, out var complaint))
            throw new CommandRejectedException(complaint);
        var failure = outboxes.Add(OutboxTarget.Everybody, new ServerMessage(ServerMessageKind.Broadcast, "", frame), origin: null);
        return ValueTask.FromResult(failure is null ? null : "RabbitMQ does not take the broadcast now.");
    }

    public async ValueTask<string?> DisconnectAsync(DisconnectUser command, CancellationToken cancellationToken)
    {
        if (!UserId.IsValid(command.UserId, out var reason))
            throw new CommandRejectedException("The user id " + reason);
        try
        {
            var frame = DisconnectFrame.Write(command.Reason);
            var targets = (await resolver.ResolveAsync([command.UserId], cancellationToken))[0];
            if (table.TryGet(command.UserId, out var user))
            {
                foreach (var connection in user.Connections)
                    connection.Close(DisconnectFrame.Read(frame));
            }

            var failed = targets.Count(target => !target.Plain && outboxes.Add(
                target, new ServerMessage(ServerMessageKind.Disconnect, command.UserId, frame), origin: null) is not null);
            return failed == 0 ? null : "RabbitMQ does not take the command now.";
        }
        catch (DependencyUnavailableException e)
        {
            return e.Message;
        }
    }

    private bool TryMakeFrame(string from, string to, JsonElement body, out byte[] frame, out string complaint)
    {
        frame = [];
        if (!UserId.IsValid(to, out var reason))
            complaint = "The recipient's id " + reason;
        else if (!UserId.IsValid(from, out reason))
            complaint = "The sender's id " + reason;
        else if (body.ValueKind == JsonValueKind.Undefined)
            complaint = "The body is required.";
        else
            complaint = "";
        if (complaint.Length > 0)
            return false;

        frame = FrameWriter.Message(from, to, JsonMarshal.GetRawUtf8Value(body));
        // The same bounds as for a client's frame: its size, and above all its depth.
        if (frame.Length > options.Value.MaxFrameBytes)
            complaint = "The message is larger than a frame may be.";
        else if (!FrameParser.TryParse(frame, out _, out var fault))
            complaint = fault.Message;
        return complaint.Length == 0;
    }
}
