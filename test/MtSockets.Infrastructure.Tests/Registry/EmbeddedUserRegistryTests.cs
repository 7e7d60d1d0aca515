using MtSockets.Infrastructure.Registry;

namespace MtSockets.Infrastructure.Tests.Registry;

public sealed class EmbeddedUserRegistryTests : UserRegistrySpecification
{
    private readonly EmbeddedRegistryState _state = new(TimeProvider.System);

    private protected override IUserRegistry On(string serverId) => new EmbeddedUserRegistry(ServerIdentity.Create(serverId), _state);

    [Fact]
    public async Task LookupAsync_UnknownUsers_LeavesNothingInMemory()
    {
        await On(A).LookupAsync(Ask([.. Enumerable.Range(0, 100).Select(i => Named($"unknown-{i}"))]), default);
        await On(A).UnregisterAsync(Alice, default);
        Assert.Empty(_state.Servers);
        Assert.Empty(_state.Last);
    }
}
