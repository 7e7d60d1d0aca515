using MtSockets.Infrastructure.Leases;

namespace MtSockets.Infrastructure.Tests.Leases;

public sealed class EmbeddedServerLeasesTests : ServerLeasesSpecification
{
    private protected override IServerLeases Create(string serverId) => new EmbeddedServerLeases(ServerIdentity.Create(serverId));
}
