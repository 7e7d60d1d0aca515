namespace MtSockets.Bench.Load;

/// <summary>
/// Lets a fixed number of streams send at a time, each its window and no more. One whose messages have all arrived goes to the end of the
/// queue, and the one at its head sends: each is used in turn, and as many messages are in flight however many streams there are.
/// </summary>
internal sealed class SharedWindow(int turns)
{
    private readonly Queue<MessageStream> _waiting = new();

    public void Add(MessageStream stream) => _waiting.Enqueue(stream);

    public void Start(ICollection<MessageStream> dirty)
    {
        for (var i = 0; i < turns && _waiting.TryDequeue(out var stream); i++)
            stream.AddCredits(stream.Window, dirty);
    }

    public void Settled(MessageStream stream, ICollection<MessageStream> dirty)
    {
        _waiting.Enqueue(stream);
        var next = _waiting.Dequeue();
        next.AddCredits(next.Window, dirty);
    }
}
