using System.Threading.Channels;
using Microsoft.Extensions.Options;
using MtSockets.Contracts.Bus;
using MtSockets.Edge.Routing;
using MtSockets.Edge.Sockets;
using MtSockets.Edge.Users;
using MtSockets.Infrastructure.Outbox;

namespace MtSockets.Edge.Delivery;

/// <summary>
/// Messages whose recipient was gone from the server they were sent to: they are looked up again, and delivered elsewhere or
/// stored. They wait here, in order and bounded, so that neither the consumer nor an outbox waits for Redis.
/// </summary>
internal sealed class Strays : BackgroundService, IUndeliveredMessages
{
    private const int MaxBatch = 256;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(250);

    private readonly Channel<OutgoingMessage> _waiting;
    private readonly TimeProvider _time;
    private readonly Router _router;
    private readonly PeerNotices _peers;
    private readonly RouteLeases _leases;
    private readonly EphemeralTypes _ephemeral;
    private readonly RoutingMetrics _metrics;

    public Strays(
        Router router,
        PeerNotices peers,
        RouteLeases leases,
        EphemeralTypes ephemeral,
        ServerOutboxes outboxes,
        IOptions<RoutingOptions> options,
        RoutingMetrics metrics,
        TimeProvider time)
    {
        _time = time;
        _router = router;
        _peers = peers;
        _leases = leases;
        _ephemeral = ephemeral;
        _metrics = metrics;
        _waiting = Channel.CreateBounded<OutgoingMessage>(new BoundedChannelOptions(options.Value.MaxStrays) { SingleReader = true });
        outboxes.UndeliveredTo(this);
    }

    /// <summary>Takes a message from another server whose recipient is not here.</summary>
    public void Take(in ServerMessage message)
    {
        _metrics.MessageStrayed();
        // What has a number is in the log, and of a copy another server is in charge.
        if (message.Seq > 0 || message.Share == ServerMessageShare.Copy)
            return;
        if (!_waiting.Writer.TryWrite(Copy(message, null) with { Hops = message.Hops + 1 }))
            _metrics.StrayDropped();
    }

    void IUndeliveredMessages.Take(string serverId, in ServerMessage message, IMessageOrigin? origin, OutboxFailure failure)
    {
        if (failure == OutboxFailure.ServerGone)
            _leases.End(message.User);
        switch (message.Kind)
        {
            case ServerMessageKind.Deliver when message.Share == ServerMessageShare.Copy || message.Seq > 0:
                // Another server answers for it, or the log does. Should that server come back, it tells so itself.
                if (failure == OutboxFailure.ServerGone)
                    _peers.OnDeparted(message.User, serverId, number: 0);
                break;
            case ServerMessageKind.Deliver when failure == OutboxFailure.ServerGone || origin is null:
                _metrics.MessageStrayed();
                // What nobody here can be told of is tried again, and stored in the end.
                if (_waiting.Writer.TryWrite(Copy(message, origin) with { GoneFrom = serverId, Hops = message.Hops + 1 }))
                    break;
                if (origin is null)
                    _metrics.StrayDropped();
                else
                    origin.NotSent(message.User, OutboxFailure.Full);
                break;
            case ServerMessageKind.Deliver:
                origin.NotSent(message.User, failure);
                break;
            case ServerMessageKind.Arrived or ServerMessageKind.Known or ServerMessageKind.Departed:
                _peers.OnUndelivered(message, serverId, failure);
                break;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var batch = new List<OutgoingMessage>(MaxBatch);
        while (batch.Count > 0 || await _waiting.Reader.WaitToReadAsync(stoppingToken))
        {
            while (batch.Count < MaxBatch && _waiting.Reader.TryRead(out var message))
                batch.Add(message);
            await RouteAsync(batch, stoppingToken);
        }
    }

    /// <summary>Leaves in the batch what is to be tried again.</summary>
    private async Task RouteAsync(List<OutgoingMessage> batch, CancellationToken stoppingToken)
    {
        var outcomes = await _router.RouteAsync(batch, stoppingToken);
        var again = new List<OutgoingMessage>();
        for (var i = 0; i < outcomes.Count; i++)
        {
            if (outcomes[i] == RouteOutcome.Unavailable && batch[i].Origin is null)
                again.Add(batch[i]);
            else
                RouteReplies.Tell(batch[i].Origin as Connection, batch[i].User, outcomes[i]);
        }

        batch.Clear();
        if (again.Count == 0)
            return;
        // Nobody here can be told: they wait until Redis is back.
        batch.AddRange(again);
        await Task.Delay(RetryAfter, _time, stoppingToken);
    }

    private OutgoingMessage Copy(in ServerMessage message, IMessageOrigin? origin) =>
        new(message.User, message.Frame.ToArray(), origin)
        {
            Extra = message.Extra.ToArray(),
            IsEphemeral = _ephemeral.IsIn(message.Extra.Span),
            Hops = message.Hops,
            Share = message.Share,
            Copies = message.Copies,
        };
}
