using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using MtSockets.Contracts.Bus;
using MtSockets.Infrastructure.Bus;
using MtSockets.Infrastructure.Outbox;
using MtSockets.Infrastructure.Tests.Fakes;
using MtSockets.TestKit;

namespace MtSockets.Infrastructure.Tests.Outbox;

/// <summary>The outboxes of one server between a bus that the test plays and a list of what came back.</summary>
internal sealed class OutboxBench : IAsyncDisposable
{
    private readonly TestMeters _meters = new();

    public OutboxBench(OutboxOptions? options = null)
    {
        Outboxes = new ServerOutboxes(
            new ServerIdentity("me", "run"),
            Bus,
            Options.Create(options ?? new OutboxOptions()),
            new BusMetrics(_meters),
            NullLogger<ServerOutbox>.Instance);
        Outboxes.UndeliveredTo(Undelivered);
    }

    public static OutboxTarget Target { get; } = new("b");

    public FakeServerBus Bus { get; } = new();

    public RecordedUndelivered Undelivered { get; } = new();

    public ServerOutboxes Outboxes { get; }

    public static ServerMessage Message(string user, string frame = """{"from":"a","to":"b","body":"hello"}""") =>
        new(ServerMessageKind.Deliver, user, Encoding.UTF8.GetBytes(frame));

    public OutboxFailure? Add(string user, OutboxTarget? target = null, IMessageOrigin? origin = null) =>
        Outboxes.Add(target ?? Target, Message(user), origin);

    public void AddAll(params string[] users)
    {
        foreach (var user in users)
            Assert.Null(Add(user));
    }

    public Task IdleAsync() => Eventually.TrueAsync(() => Outboxes.IsIdle, "the outboxes are idle");

    public async ValueTask DisposeAsync()
    {
        Bus.Release();
        await Outboxes.DisposeAsync();
        _meters.Dispose();
    }
}
