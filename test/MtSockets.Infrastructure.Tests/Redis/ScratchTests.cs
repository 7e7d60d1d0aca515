using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MtSockets.Infrastructure.Redis;
namespace MtSockets.Infrastructure.Tests.Redis;
public sealed class ScratchTests(Xunit.Abstractions.ITestOutputHelper output)
{
    [Theory]
    [InlineData("nowhere.invalid:6379")]
    [InlineData("127.0.0.1:19999")]
    public async Task X(string a)
    {
        var log = new L(output);
        using var c = new RedisConnection(Options.Create(new RedisOptions { Address = a }), log);
        await c.StartAsync(default);
        await Task.Delay(8000);
        output.WriteLine($"up {c.IsUp} {c.ExecuteTask!.Status}");
    }
    private sealed class L(Xunit.Abstractions.ITestOutputHelper output) : ILogger<RedisConnection>
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
        public bool IsEnabled(LogLevel logLevel) => true;
        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => output.WriteLine(DateTime.Now.ToString("ss.fff") + formatter(state, exception));
    }
}
