using System.Text;
using MtSockets.Contracts.Bus;
using MtSockets.Infrastructure.Outbox;
using MtSockets.Infrastructure.Tests.Fakes;

namespace MtSockets.Infrastructure.Tests.Outbox;

public sealed class OutboxBufferTests
{
    private readonly OutboxBuffer _buffer = new();

    [Fact]
    public void Batch_AnyRun_IsTheJsonOfTheSameMessages()
    {
        var messages = Enumerable.Range(0, 6).Select(i => Message($"u{i}")).ToArray();
        Fill(messages);
        // Runs beside each other share a comma, and each is asked for again when it is given back.
        foreach (var (first, end) in new[] { (0, 2), (0, 2), (2, 3), (2, 3), (3, 6), (3, 6), (0, 2) })
            Assert.Equal(Text(MessageBatch.Of(messages.AsSpan(first..end))), Text(_buffer.Batch(first, end)));
    }

    [Fact]
    public void BatchEnd_Limit_TakesAsManyAsFitAndAtLeastOne()
    {
        Fill(Message("a"), Message("a"), Message("a"));
        var one = Encoding.UTF8.GetByteCount("""{"user":"a","frame":{"n":1}}""");
        Assert.Equal(1, _buffer.BatchEnd(0, 1));
        Assert.Equal(1, _buffer.BatchEnd(0, (2 * one) + ",".Length - 1));
        Assert.Equal(2, _buffer.BatchEnd(0, (2 * one) + ",".Length));
        Assert.Equal(3, _buffer.BatchEnd(0, int.MaxValue));
        Assert.Equal(3, _buffer.BatchEnd(2, 1));
    }

    [Fact]
    public void OriginOf_Entry_IsTheOneItWasAddedWith()
    {
        NamedOrigin origin = new("x");
        _buffer.Add(Message("u0"), null);
        _buffer.Add(Message("u1"), origin);
        Assert.Null(_buffer.OriginOf(0));
        Assert.Same(origin, _buffer.OriginOf(1));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(2 * 1024 * 1024)]
    public void Clear_AfterAnyAmount_StartsAnew(int bytes)
    {
        var frame = Encoding.UTF8.GetBytes($$"""{"x":"{{new string('x', bytes)}}"}""");
        _buffer.Add(new ServerMessage(ServerMessageKind.Deliver, "u", frame), null);
        _buffer.Clear();
        Assert.Equal((0, 0), (_buffer.Count, _buffer.Bytes));
        Fill(Message("next"));
        Assert.Equal("""[{"user":"next","frame":{"n":1}}]""", Text(_buffer.Batch(0, 1)));
    }

    private static ServerMessage Message(string user) => new(ServerMessageKind.Deliver, user, """{"n":1}"""u8.ToArray());

    private static string Text(MessageBatch batch) => Encoding.UTF8.GetString(batch.Json.Span);

    private void Fill(params ServerMessage[] messages)
    {
        foreach (var message in messages)
            _buffer.Add(message, null);
    }
}
