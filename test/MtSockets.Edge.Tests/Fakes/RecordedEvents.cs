using System.Collections.Concurrent;
using System.Reflection;
using MassTransit;

namespace MtSockets.Edge.Tests.Fakes;

/// <summary>Takes the place of the bus for events and keeps what was published. Not sealed: the proxy derives from it.</summary>
public class RecordedEvents : DispatchProxy
{
    public ConcurrentQueue<object> All { get; } = new();

    public static RecordedEvents Create() => (RecordedEvents)(object)Create<IBus, RecordedEvents>();

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (targetMethod?.Name != nameof(IPublishEndpoint.Publish))
            throw new NotSupportedException(targetMethod?.Name);
        All.Enqueue(args![0]!);
        return Task.CompletedTask;
    }
}
