using System.Threading.Channels;
using MtSockets.Infrastructure.Registry;

namespace MtSockets.Infrastructure.Tests.Fakes;

/// <summary>A registry on which every look-up waits until the test answers it.</summary>
internal sealed class FakeUserRegistry : IUserRegistry
{
    private readonly Channel<HeldLookup> _lookups = Channel.CreateUnbounded<HeldLookup>();

    public bool HasLookup => _lookups.Reader.Count > 0;

    public async Task<HeldLookup> NextAsync()
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        return await _lookups.Reader.ReadAsync(bound.Token);
    }

    public async ValueTask<IReadOnlyList<UserRoute>> LookupAsync(IReadOnlyList<RouteQuestion> questions, CancellationToken cancellationToken)
    {
        var lookup = new HeldLookup([.. questions]);
        _lookups.Writer.TryWrite(lookup);
        return await lookup.Answer.Task.WaitAsync(cancellationToken);
    }

    public ValueTask<Registration> RegisterAsync(string userId, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<IReadOnlyList<string>> UnregisterAsync(string userId, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<IReadOnlyList<string>> UsersOfAsync(string serverId, int count, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask RemoveAsync(string serverId, IReadOnlyList<string> userIds, CancellationToken cancellationToken) =>
        throw new NotSupportedException();
}
