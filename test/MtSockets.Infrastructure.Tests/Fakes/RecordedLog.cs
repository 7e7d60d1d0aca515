using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace MtSockets.Infrastructure.Tests.Fakes;

/// <summary>Remembers the event ids that were logged.</summary>
internal sealed class RecordedLog<T> : ILogger<T>
{
    private readonly ConcurrentQueue<int> _events = new();

    public bool Has(int eventId) => _events.Contains(eventId);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _events.Enqueue(eventId.Id);
}
