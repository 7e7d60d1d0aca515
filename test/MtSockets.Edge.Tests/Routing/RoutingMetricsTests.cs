using System.Diagnostics.Metrics;
using MtSockets.Edge.Protocol;
using MtSockets.Edge.Tests.Fakes;
using MtSockets.TestKit;

namespace MtSockets.Edge.Tests.Routing;

public sealed class RoutingMetricsTests : ServerTests
{
    [Fact]
    public async Task Send_OfAnAcknowledgedMessageToSomebodyHere_CountsAsLocalAlone()
    {
        var server = AddServer();
        var alice = await server.ConnectAsync("alice", Dialect.V1);
        await server.ConnectAsync("bob");
        using var counted = new MeterReadings(server.Get<IMeterFactory>());

        await alice.SendAsync("""{"to":"bob","body":1,"id":"a"}""", """{"to":"carol","body":2,"id":"b"}""");

        Assert.Equal(1, counted["mtsockets.messages.local"]);
        Assert.Equal(0, counted["mtsockets.messages.routed outcome=Sent"]);
        Assert.Equal(1, counted["mtsockets.messages.routed outcome=Stored"]);
    }
}
