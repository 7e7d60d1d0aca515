namespace MtSockets.Edge.Transport;

/// <summary>
/// Work that becomes more worth doing while it waits: a connection that has got a frame may get more of them before what goes on now is done,
/// and they leave in one write. Where a thread handles several things in turn, such work is put off to their end, and done there without waking
/// another thread.
/// </summary>
internal static class Deferred
{
    // What one thread does itself; the rest goes to the pool in pieces of this size, lest one processor does what several could.
    private const int Share = 64;

    [ThreadStatic]
    private static List<IThreadPoolWorkItem>? _items;

    [ThreadStatic]
    private static int _depth;

    /// <summary>From here to <see cref="End"/>, what this thread gives to <see cref="Run"/> waits.</summary>
    public static void Begin() => _depth++;

    /// <summary>Does what has gathered.</summary>
    public static void End()
    {
        try
        {
            // What is done here may give rise to more.
            if (_depth == 1 && _items is { Count: > 0 } items)
                RunAll(items);
        }
        finally
        {
            // Whatever happened: a thread that stayed here would put off its work for ever.
            _depth--;
        }
    }

    /// <summary>Does it at the end of what this thread is doing, or on the thread pool where that has no end.</summary>
    public static void Run(IThreadPoolWorkItem item)
    {
        if (_depth == 0)
            ThreadPool.UnsafeQueueUserWorkItem(item, preferLocal: true);
        else
            (_items ??= []).Add(item);
    }

    private static void RunAll(List<IThreadPoolWorkItem> items)
    {
        var next = 0;
        try
        {
            while (next < items.Count)
            {
                if (items.Count - next > 2 * Share)
                    GiveAway(items, Share);
                items[next++].Execute();
            }
        }
        finally
        {
            // What one throws is not the others' fault.
            if (next < items.Count)
                GiveAway(items, items.Count - next);
            items.Clear();
        }
    }

    /// <summary>Leaves the last <paramref name="count"/> to the pool.</summary>
    private static void GiveAway(List<IThreadPoolWorkItem> items, int count)
    {
        var piece = new Piece([.. items[^count..]]);
        items.RemoveRange(items.Count - count, count);
        ThreadPool.UnsafeQueueUserWorkItem(piece, preferLocal: false);
    }

    private sealed class Piece(IThreadPoolWorkItem[] items) : IThreadPoolWorkItem
    {
        public void Execute()
        {
            foreach (var item in items)
                item.Execute();
        }
    }
}
