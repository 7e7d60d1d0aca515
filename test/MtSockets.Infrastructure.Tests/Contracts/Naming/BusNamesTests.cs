using MtSockets.Contracts.Naming;

namespace MtSockets.Infrastructure.Tests.Contracts.Naming;

/// <summary>Names that other programs rely on: a change here breaks a cluster of two versions.</summary>
public sealed class BusNamesTests
{
    [Fact]
    public void Names_OfTheSpec_AreToTheLetter()
    {
        Assert.Equal("messages", BusNames.MessagesExchange);
        Assert.Equal("server.s-1", BusNames.ServerKey("s-1"));
        Assert.Equal("broadcast", BusNames.BroadcastKey);
    }

    [Fact]
    public void Names_OfOurOwn_StayAsTheyAre()
    {
        Assert.Equal("mtsockets.dead-letter", BusNames.DeadLetterQueue);
        Assert.Equal("mtsockets.commands", BusNames.CommandQueue);
        Assert.Equal("server.s-1.0123456789ab", BusNames.ServerQueue("s-1", "0123456789ab"));
    }
}
