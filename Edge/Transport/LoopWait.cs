using System.Threading.Tasks.Sources;

namespace MtSockets.Edge.Transport;

/// <summary>
/// The one call of a reader or a writer that may be waiting for the socket. It begins and ends under the lock of its owner, and is answered outside of it.
/// </summary>
internal sealed class LoopWait<T>(Lock guard) : IValueTaskSource<T>, IThreadPoolWorkItem
{
    private ManualResetValueTaskSourceCore<T> _waiter;
    private CancellationTokenRegistration _cancellation;
    private T? _result;
    private Exception? _thrown;

    /// <summary>Somebody waits, and has not been given an end.</summary>
    public bool IsPending { get; private set; }

    /// <summary>Begins to wait.</summary>
    public ValueTask<T> Begin(CancellationToken cancellationToken)
    {
        // Within the lock, so that it cannot end this wait before it began.
        if (cancellationToken.CanBeCanceled)
            _cancellation = cancellationToken.UnsafeRegister(static (wait, token) => ((LoopWait<T>)wait!).Cancel(token), this);
        if (cancellationToken.IsCancellationRequested)
        {
            _cancellation = default;
            return ValueTask.FromCanceled<T>(cancellationToken);
        }

        _waiter.Reset();
        IsPending = true;
        return new ValueTask<T>(this, _waiter.Version);
    }

    /// <summary>Ends the wait with this; <see cref="Answer"/> has to follow.</summary>
    public void End(T result) => (IsPending, _result) = (false, result);

    /// <summary>Ends the wait with an exception; <see cref="Answer"/> has to follow.</summary>
    public void Fail(Exception thrown) => (IsPending, _thrown) = (false, thrown);

    /// <summary>Has who waited go on: here, or on the thread pool.</summary>
    public void Answer(bool here)
    {
        if (here)
            Complete();
        else
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute() => Complete();

    private void Complete()
    {
        _cancellation.Dispose();
        _cancellation = default;
        var (result, thrown) = (_result, _thrown);
        (_result, _thrown) = (default, null);
        if (thrown is null)
            _waiter.SetResult(result!);
        else
            _waiter.SetException(thrown);
    }

    private void Cancel(CancellationToken token)
    {
        lock (guard)
        {
            // It may come late: a token ends only the wait that it came with.
            if (!IsPending || _cancellation.Token != token)
                return;
            Fail(new OperationCanceledException(token));
        }

        Answer(here: false);
    }

    T IValueTaskSource<T>.GetResult(short token) => _waiter.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<T>.GetStatus(short token) => _waiter.GetStatus(token);

    void IValueTaskSource<T>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _waiter.OnCompleted(continuation, state, token, flags);
}
