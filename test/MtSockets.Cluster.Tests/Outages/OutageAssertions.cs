using System.Net;
using MtSockets.Cluster.Tests.Servers;
using MtSockets.TestKit;
using MtSockets.TestKit.Sockets;
using Xunit;

namespace MtSockets.Cluster.Tests.Outages;

/// <summary>What holds during every outage.</summary>
internal static class OutageAssertions
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    /// <summary>Not ready, and says what it misses; but alive.</summary>
    public static async Task MissesAsync(this EdgeServer server, string missing)
    {
        await Eventually.ValueAsync(server.MissingAsync, seen => seen == missing, $"{server.Id} misses {missing}", Bound);
        using var live = await server.GetAsync("/health/live");
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
    }

    /// <summary>The next frame says that the message to that user was not sent and may be sent again.</summary>
    public static async Task ExpectUnavailableAsync(this TestClient sender, string to)
    {
        var error = await sender.ReceiveJsonAsync(Bound);
        Assert.Equal("error", error.GetProperty("op").GetString());
        Assert.Equal("unavailable", error.GetProperty("code").GetString());
        Assert.True(error.GetProperty("retry").GetBoolean());
        Assert.Equal(to, error.GetProperty("to").GetString());
    }

    /// <summary>A message gets through, and nothing else comes before it.</summary>
    public static async Task TalksToAsync(this TestClient sender, TestClient recipient)
    {
        var body = EdgeSetup.Unique("hello");
        await sender.SendAsync(recipient.User, body);
        Assert.Contains(body, await recipient.ReceiveAsync(Bound), StringComparison.Ordinal);
    }
}
